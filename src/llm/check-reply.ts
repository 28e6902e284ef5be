/** Whether what a model has said is an answer to what it was asked. */
import { Validator } from "@cfworker/json-schema";
import type { AnswerFormat, Tool } from "../turn/types";
import type { Wanted } from "./catalogue";
import { isObject } from "./json";

/** Whether an answer can only be told when it is whole. */
export const isChecked = ({ tools, format }: Wanted): boolean => format !== undefined || tools?.required === true;

/** Whether a value is the JSON that was wanted. */
export function fits(value: unknown, { schema }: AnswerFormat): boolean {
  if (schema === null) return isObject(value);
  try {
    return value !== undefined && new Validator(JSON.parse(schema)).validate(value).valid;
  } catch {
    // A schema that goes round in circles for such a value.
    return false;
  }
}

/** Whether the arguments of a call are what its tool insists on. */
export const acceptsCall = ({ strict, parameters }: Tool, values: object): boolean =>
  strict !== true || fits(values, { schema: parameters });
