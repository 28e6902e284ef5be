/** Reads what a model sends back, a whole reply or a chunk of a stream, in all the shapes in which it comes. */
import type { FinishReason } from "../turn/types";
import { type CallPart, callPartsOf } from "./calls";
import { fieldsOf, isObject } from "./json";
import { type UsageReport, usageReportOf } from "./usage";

export interface Reply {
  text: string;
  reasoning: string;
  refusal: string;
  /** Functions that are called, or parts of that. */
  calls: CallPart[];
  /** Absent while the model has not said that it is done. */
  finishReason: FinishReason | undefined;
  usage: UsageReport;
  /** Whether it has any field of a reply. */
  known: boolean;
}

const isPart = (part: unknown): part is { text: string } => isObject(part) && typeof part.text === "string";

/** `response` can be null, a number, or an object where the model was asked for JSON; content can be parts of text. */
function textOf(content: unknown): string {
  if (content === null || content === undefined) return "";
  if (typeof content === "string") return content;
  if (Array.isArray(content) && content.some(isObject) && content.every((part) => isPart(part) || isThought(part))) {
    return content.map((part) => (isPart(part) ? part.text : "")).join("");
  }
  return typeof content === "object" ? JSON.stringify(content) : String(content);
}

/** A part of content that is reasoning: `{ type: "thinking", thinking: "…" }`, or parts of text in the same field. */
const isThought = (part: unknown) => isObject(part) && (part.type === "thinking" || part.type === "reasoning");

const thoughtsIn = (content: unknown) =>
  Array.isArray(content)
    ? content
        .filter(isThought)
        .map((part) => textOf(fieldsOf(part).thinking))
        .join("")
    : "";

const firstText = (...fields: unknown[]) =>
  fields.find((field): field is string => typeof field === "string" && field !== "");

function reasonOf(reason: unknown): FinishReason | undefined {
  if (typeof reason !== "string" || reason === "") return undefined;
  if (reason === "length" || reason === "max_tokens") return "length";
  return reason === "content_filter" ? reason : "stop";
}

const isError = ({ error, errors, object }: Record<string, unknown>) =>
  (error ?? false) !== false || object === "error" || (Array.isArray(errors) && errors.length > 0);

/**
 * Reads Workers AI's own form (`response`), OpenAI's (`choices`, with a whole `message` or a part as `delta`), or both in
 * one; text that comes in two fields is taken once. Unknown fields are ignored.
 *
 * By hand and not by a schema, because it runs once a token.
 * @returns null for an error
 */
export function readReply(value: Record<string, unknown>): Reply | null {
  if (isError(value)) return null;
  const choice = fieldsOf(Array.isArray(value.choices) ? value.choices[0] : undefined);
  const isWhole = choice.delta === undefined || choice.delta === null;
  const said = fieldsOf(isWhole ? choice.message : choice.delta);
  const calls = callPartsOf(said.tool_calls, value.tool_calls);
  return {
    text: textOf(said.content ?? choice.text) || textOf(value.response),
    reasoning:
      firstText(said.reasoning_content, said.reasoning, said.thinking, value.reasoning) ?? thoughtsIn(said.content),
    refusal: firstText(said.refusal) ?? "",
    calls: isWhole && value.choices !== undefined ? calls.map((call) => ({ ...call, whole: true })) : calls,
    finishReason: reasonOf(choice.finish_reason) ?? reasonOf(value.finish_reason),
    usage: usageReportOf(value.usage),
    known: ["response", "choices", "tool_calls", "usage"].some((field) => value[field] !== undefined),
  };
}
