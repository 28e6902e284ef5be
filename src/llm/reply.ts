/** What a model sends back, in all the shapes in which it does. */
import * as z from "zod";
import type { FinishReason, Usage } from "../turn/types";

const usageSchema = z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).transform(
  ({ prompt_tokens, completion_tokens }): Usage => ({
    promptTokens: prompt_tokens,
    completionTokens: completion_tokens,
    totalTokens: prompt_tokens + completion_tokens,
  }),
);

const contentSchema = z.object({ content: z.unknown().optional() });

/** Workers AI's own form, OpenAI's form, or both in one; in OpenAI's, `message` is whole and `delta` a part. */
const replySchema = z.object({
  response: z.unknown().optional(),
  choices: z
    .array(
      z.object({
        message: contentSchema.optional().catch(undefined),
        delta: contentSchema.optional().catch(undefined),
        finish_reason: z.string().nullish().catch(undefined),
      }),
    )
    .optional()
    .catch(undefined),
  usage: usageSchema.optional().catch(undefined),
  error: z.unknown().optional(),
  errors: z.unknown().optional(),
});

export interface Reply {
  text: string;
  /** Absent while the model has not said that it is done. */
  finishReason?: FinishReason | undefined;
  usage?: Usage | undefined;
}

/** `response` can be null, a number, or an object where the model was asked for JSON. */
function textOf(content: unknown): string {
  if (content === null || content === undefined) return "";
  return typeof content === "string"
    ? content
    : typeof content === "object"
      ? JSON.stringify(content)
      : String(content);
}

/** Reads a reply or one chunk of a stream; null where it is neither. Text that comes in two fields is taken once. */
export function readReply(value: unknown): Reply | null {
  const parsed = replySchema.safeParse(value);
  if (!parsed.success) return null;
  const { response, choices, usage, error, errors } = parsed.data;
  const known = response !== undefined || choices !== undefined || usage !== undefined;
  if (!known || (error ?? undefined) !== undefined || (Array.isArray(errors) && errors.length > 0)) return null;
  const choice = choices?.[0];
  const finish = choice?.finish_reason;
  return {
    text: textOf(choice?.delta?.content ?? choice?.message?.content) || textOf(response),
    finishReason: finish ? (finish === "length" ? "length" : "stop") : undefined,
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
