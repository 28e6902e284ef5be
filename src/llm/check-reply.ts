/** Checks that a model's reply has the requested form. */
import type { AnswerFormat, Tool } from "../turn/tool-types";
import type { Wanted } from "./catalogue";
import { isObject } from "./json";
import type { Matcher } from "./json-schema/matches-schema";

/** Returns whether an answer must be checked as a whole before any of it is sent. */
export const isChecked = ({ tools, format }: Wanted): boolean => format !== undefined || tools?.required === true;

/** Returns whether a value matches the requested schema, or is an object if there is no schema. */
export const fits = (value: unknown, { schema, accepted = schema }: AnswerFormat, matcher: Matcher): boolean =>
  accepted === null ? isObject(value) : value !== undefined && matcher.matches(accepted, value);

/** Returns whether the arguments of a call match the schema of its tool, if the tool is strict. */
export const acceptsCall = ({ strict, parameters }: Tool, values: object, matcher: Matcher): boolean =>
  strict !== true || fits(values, { schema: parameters }, matcher);
