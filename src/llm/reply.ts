/** What a model sends back, in all the shapes in which it does. */
import { MAX_ANSWER } from "../limits";
import type { ModelEnd } from "../turn/ports";
import { failed, ok, type Result } from "../turn/result";
import type { FinishReason, Usage } from "../turn/types";
import { type CallPart, Calls, callPartsOf } from "./calls";
import type { Wanted } from "./catalogue";
import { ended, fits } from "./check-reply";
import { fieldsOf, isObject, parsed } from "./json";

export interface Reply {
  text: string;
  /** Functions that are called, or parts of that. */
  calls: CallPart[];
  /** Absent while the model has not said that it is done. */
  finishReason?: FinishReason | undefined;
  usage?: Usage | undefined;
}

/** `response` can be null, a number, or an object where the model was asked for JSON. */
function textOf(content: unknown): string {
  if (content === null || content === undefined) return "";
  if (typeof content === "string") return content;
  return typeof content === "object" ? JSON.stringify(content) : String(content);
}

function usageOf(usage: unknown): Usage | undefined {
  if (!isObject(usage)) return undefined;
  const { prompt_tokens: promptTokens, completion_tokens: completionTokens } = usage;
  if (typeof promptTokens !== "number" || typeof completionTokens !== "number") return undefined;
  return { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens };
}

/**
 * Reads a reply or one chunk of a stream: Workers AI's own form (`response`), OpenAI's (`choices`, with a whole
 * `message` or a part as `delta`), or both in one; text that comes in two fields is taken once.
 *
 * By hand and not by a schema, because it runs once a token.
 * @returns null where it is neither
 */
export function readReply(value: unknown): Reply | null {
  if (!isObject(value)) return null;
  const { response, choices, error, errors } = value;
  const usage = usageOf(value.usage);
  const known = [response, value.tool_calls, usage].some((field) => field !== undefined) || Array.isArray(choices);
  if (!known || (error ?? undefined) !== undefined || (Array.isArray(errors) && errors.length > 0)) return null;
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  const { finish_reason: finish, ...parts } = fieldsOf(choice);
  const [delta, message] = [fieldsOf(parts.delta), fieldsOf(parts.message)];
  return {
    text: textOf(delta.content ?? message.content) || textOf(response),
    calls: callPartsOf(delta.tool_calls, message.tool_calls, value.tool_calls),
    finishReason: typeof finish === "string" && finish ? (finish === "length" ? "length" : "stop") : undefined,
    usage,
  };
}

/** Parses JSON, then reads it; null where it is no reply. */
export const parseReply = (json: string): Reply | null => readReply(parsed(json));

/** A reply that is to be a whole answer to what was wanted. */
export function wholeReply(reply: Reply | null, wanted: Wanted): Result<ModelEnd & { text: string }> {
  if (!reply) return failed({ reason: "model_reply_malformed" });
  const { finishReason = "stop", usage } = reply;
  const text = reply.text.slice(0, MAX_ANSWER);
  const calls = new Calls();
  if (!calls.add(reply.calls)) return failed({ reason: "model_reply_malformed" });
  const end = ended(text !== "", calls, { finishReason, usage }, wanted);
  if (!end.ok) return end;
  // What was cut off at its limit says so, and would be cut off again.
  const isWhole = end.value.finishReason === "stop";
  const misfits = wanted.format && isWhole && !fits(text, wanted.format);
  return misfits ? failed({ reason: "model_reply_malformed" }) : ok({ ...end.value, text });
}
