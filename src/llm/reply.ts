/** Reads a model's whole reply, or one chunk of its stream, in the shapes that different servers send. */
import type { FinishReason } from "../turn/types";
import { type CallPart, callPartsOf } from "./calls";
import { type Fields, fieldsOf, isObject, plainText } from "./json";
import { type UsageReport, usageReportOf } from "./usage";

export interface Reply {
  text: string;
  reasoning: string;
  refusal: string;
  /** Function calls, or parts of them. */
  calls: CallPart[];
  /** Undefined until the model has finished. */
  finishReason: FinishReason | undefined;
  usage: UsageReport;
  /** True if the value contains any field of a reply. */
  known: boolean;
}

const isPart = (part: unknown): part is { text: string } => isObject(part) && typeof part.text === "string";

/** Accepts `response` as null, a number, or (in JSON mode) an object, and content as a list of text parts. */
function textOf(content: unknown): string {
  if (content === null || content === undefined) return "";
  if (typeof content === "string") return content;
  if (Array.isArray(content) && content.some(isObject) && content.every((part) => isPart(part) || isThought(part))) {
    return content.map((part) => (isPart(part) ? part.text : "")).join("");
  }
  return typeof content === "object" ? JSON.stringify(content) : String(content);
}

/** Finds parts with reasoning: `{ type: "thinking", thinking: "…" }`, where `thinking` may be a list of text parts. */
const isThought = (part: unknown): part is Fields =>
  isObject(part) && (part.type === "thinking" || part.type === "reasoning");

const thoughtsIn = (content: unknown) =>
  Array.isArray(content) ? content.map((part) => (isThought(part) ? textOf(part.thinking) : "")).join("") : "";

const firstText = (...fields: unknown[]) => plainText(fields.find(plainText));

function reasonOf(reason: string): FinishReason | undefined {
  if (reason === "") return undefined;
  if (reason === "content_filter") return reason;
  // Mistral's is `model_length`.
  return /length|max_tokens/.test(reason) ? "length" : "stop";
}

const isError = ({ error, errors, object, finish_reason }: Fields) =>
  error || object === "error" || finish_reason === "error" || (Array.isArray(errors) && errors.length > 0);

/**
 * Reads Workers AI's form (`response`), OpenAI's (`choices` with a whole `message` or a part as `delta`), or a mixture.
 * If two fields contain the text, it is read once. Unknown fields are ignored.
 *
 * Does not use a schema validator, because it runs once per token.
 * @returns null for an error
 */
export function readReply(value: Fields): Reply | null {
  const choice = fieldsOf(Array.isArray(value.choices) ? value.choices[0] : undefined);
  if (isError(value) || isError(choice)) return null;
  const isWhole = choice.delta === undefined || choice.delta === null;
  const said = fieldsOf(isWhole ? choice.message : choice.delta);
  const calls = callPartsOf(said.tool_calls, value.tool_calls);
  return {
    text: textOf(said.content ?? choice.text) || textOf(value.response),
    reasoning:
      firstText(said.reasoning_content, said.reasoning, said.thinking, value.reasoning) || thoughtsIn(said.content),
    refusal: plainText(said.refusal),
    calls: isWhole && value.choices !== undefined ? calls.map((call) => ({ ...call, whole: true })) : calls,
    finishReason: reasonOf(firstText(choice.finish_reason, value.finish_reason)),
    usage: usageReportOf(value.usage),
    known: ["response", "choices", "tool_calls", "usage"].some((field) => value[field] !== undefined),
  };
}
