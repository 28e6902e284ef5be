/** Whether what a model has said is an answer to what it was asked. */
import type { ModelEnd } from "../turn/ports";
import { failed, ok, type Result } from "../turn/result";
import type { AnswerFormat } from "../turn/types";
import type { Calls } from "./calls";
import type { Wanted } from "./catalogue";
import { isObject, parsed } from "./json";
import { matches } from "./json-schema/matches-schema";

/** Whether an answer can only be told when it is whole. */
export const isChecked = ({ tools, format }: Wanted): boolean => format !== undefined || tools?.required === true;

/**
 * Ends a reply with the calls in it, or with its text.
 * @param said whether there is any text
 */
export function ended(said: boolean, calls: Calls, end: ModelEnd, { tools }: Wanted): Result<ModelEnd> {
  if (tools && calls.some) {
    const called = calls.end(tools);
    return called.ok ? ok({ ...end, finishReason: "tool_calls", toolCalls: called.value }) : called;
  }
  if (!said) return failed({ reason: "model_reply_empty" });
  return tools?.required ? failed({ reason: "model_reply_malformed" }) : ok(end);
}

/** Whether a text is the JSON that was wanted. */
export function fits(text: string, { schema }: AnswerFormat): boolean {
  const value = parsed(text);
  return schema === null ? isObject(value) : value !== undefined && matches(parsed(schema), value);
}
