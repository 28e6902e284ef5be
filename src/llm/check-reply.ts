/** Whether what a model has said is an answer to what it was asked. */
import type { AnswerFormat, Tool } from "../turn/tool-types";
import type { Wanted } from "./catalogue";
import { isObject, parsed } from "./json";
import { matches } from "./json-schema/matches-schema";

/** Whether an answer can only be told when it is whole. */
export const isChecked = ({ tools, format }: Wanted): boolean => format !== undefined || tools?.required === true;

/** Whether a value is the JSON that was wanted. */
export const fits = (value: unknown, { schema }: AnswerFormat): boolean =>
  schema === null ? isObject(value) : value !== undefined && matches(parsed(schema), value);

/** Whether the arguments of a call are what its tool insists on. */
export const acceptsCall = ({ strict, parameters }: Tool, values: object): boolean =>
  strict !== true || fits(values, { schema: parameters });
