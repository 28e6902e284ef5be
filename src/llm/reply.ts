/** What a model sends back, in all the shapes in which it does. */
import { failed, ok, type Result } from "../turn/result";
import type { FinishReason, Usage } from "../turn/types";

export interface Reply {
  text: string;
  /** Absent while the model has not said that it is done. */
  finishReason?: FinishReason | undefined;
  usage?: Usage | undefined;
}

type Fields = Record<string, unknown>;

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

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

const contentOf = (part: unknown) => (isObject(part) ? part.content : undefined);

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
  const known = response !== undefined || Array.isArray(choices) || usage !== undefined;
  if (!known || (error ?? undefined) !== undefined || (Array.isArray(errors) && errors.length > 0)) return null;
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  const { delta, message, finish_reason: finish } = isObject(choice) ? choice : ({} as Fields);
  return {
    text: textOf(contentOf(delta) ?? contentOf(message)) || textOf(response),
    finishReason: typeof finish === "string" && finish ? (finish === "length" ? "length" : "stop") : undefined,
    usage,
  };
}

/** Parses JSON, then reads it; null where it is no reply. */
export function parseReply(json: string): Reply | null {
  try {
    return readReply(JSON.parse(json));
  } catch {
    return null;
  }
}

/** A reply that is to be a whole answer. */
export function wholeReply(reply: Reply | null): Result<Reply & { finishReason: FinishReason }> {
  if (!reply) return failed({ reason: "model_reply_malformed" });
  if (reply.text === "") return failed({ reason: "model_reply_empty" });
  return ok({ ...reply, finishReason: reply.finishReason ?? "stop" });
}
