/** Messages of a chat and items of a response's input. Both are read as the same messages. */
import * as z from "zod/mini";
import { MAX_ANSWER, MAX_CALLS, MAX_RESULT } from "../limits";
import type { Called, Role } from "../turn/types";
import { callId, functionName } from "./call-schema";
import { name, textUpTo } from "./common-schema";

/** The most parts of a text. */
const MAX_PARTS = 1_000;

export const longText = textUpTo(MAX_ANSWER);

const PARTS = ["text", "input_text", "output_text"] as const;

const textPart = z.object({
  /** The kind of text; all are read alike. */
  type: z.enum(PARTS),
  /** The text. */
  text: longText,
});
const refusalPart = z.pipe(
  z.object({
    type: z.literal("refusal"),
    /** The text of a refusal. */
    refusal: longText,
  }),
  z.transform(({ refusal }) => ({ text: refusal })),
);

const THINKING = ["thinking", "redacted_thinking", "reasoning", "reasoning_text"] as const;
const thinkingPart = z.object({
  /** The kind of reasoning, which is not read. */
  type: z.enum(THINKING),
});

/** Text, or parts of text. {@link withTexts} has joined the parts of most items before. */
const textParts = (least: number, most = MAX_ANSWER) =>
  z.union(
    [
      textUpTo(most),
      z.pipe(
        z.array(z.union([textPart, refusalPart, thinkingPart])).check(z.minLength(least), z.maxLength(MAX_PARTS)),
        z.transform((parts) => parts.flatMap((part) => ("text" in part ? part.text : [])).join("\n")),
      ),
    ],
    { error: `must be text of at most ${most.toLocaleString("en")} characters, or 1 to 1,000 parts of it` },
  );

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Returns the text of a part, nothing for reasoning, undefined for an image, audio or a file. */
function textOf(part: unknown): string[] | undefined {
  if (!isObject(part)) return undefined;
  if (THINKING.some((kind) => kind === part.type)) return [];
  const text = part.type === "refusal" ? part.refusal : PARTS.some((kind) => kind === part.type) && part.text;
  return typeof text === "string" ? [text] : undefined;
}

const NOT_TEXT = "must be text, as `text`, `input_text` or `output_text`: images, audio and files are not supported";

/**
 * Joins the parts of each item's text. Reports the first part without text, and stops: images, audio and files are
 * refused, because the memory could not store them. The schema would take seconds and report each of a million parts.
 */
export function withTexts(items: unknown, { issues }: z.core.ParsePayload): unknown {
  if (!Array.isArray(items)) return items;
  const result: unknown[] = [];
  for (const [at, item] of items.entries()) {
    const joined = isObject(item) ? { ...item } : item;
    result.push(joined);
    // Reasoning has parts of its own, which are not read.
    if (!isObject(joined) || joined.type === "reasoning") continue;
    for (const field of ["content", "output"]) {
      const parts = joined[field];
      if (!Array.isArray(parts) || parts.length === 0) continue;
      const texts = parts.map(textOf);
      const bad = texts.indexOf(undefined);
      if (bad !== -1 || parts.length > MAX_PARTS) {
        const path = [at, field, ...(bad === -1 ? [] : [bad])];
        issues.push({
          code: "custom",
          path,
          message: bad === -1 ? "may have at most 1,000 parts" : NOT_TEXT,
          input: null,
        });
        return z.NEVER;
      }
      joined[field] = texts.flatMap((text) => text ?? []).join("\n");
    }
  }
  return result;
}

/** A message of a conversation. */
export interface SentMessage extends Called {
  role: Role;
  name?: string;
  content: string;
}

/** The id of an earlier item, sent instead of the item. */
export interface Reference {
  reference: string;
}

/** The arguments as JSON. */
const functionArguments = textUpTo(MAX_RESULT);

const textMessage = z.object({
  /** The author. `developer` is the same as `system`. */
  role: z.enum(["system", "developer", "user"]),
  /** The text, or parts of it. */
  content: textParts(1),
  /** The name of a user. System messages have none. */
  name: z.nullish(name),
});

const assistantMessage = z.object({
  role: z.literal("assistant"),
  // Some clients send null, or no parts, for a message without text.
  /** The text, or parts of it; absent if the answer only calls functions. */
  content: z.nullish(textParts(0)),
  /** The functions that the answer calls. */
  tool_calls: z.nullish(
    z
      .array(
        z.object({
          id: callId,
          type: z.optional(z.literal("function")),
          /** The call. */
          function: z.object({ name: functionName, arguments: functionArguments }),
        }),
      )
      .check(z.maxLength(MAX_CALLS)),
  ),
});

const toolMessage = z.object({
  role: z.literal("tool"),
  tool_call_id: callId,
  /** The result of the call. */
  content: z.nullish(textParts(0, MAX_RESULT)),
});

/** Reads a message of any role. */
function messageOf(message: z.output<typeof textMessage | typeof assistantMessage | typeof toolMessage>): SentMessage {
  switch (message.role) {
    case "assistant": {
      const toolCalls = message.tool_calls?.map(({ id, function: called }) => ({ id, ...called }));
      return { role: "assistant", content: message.content ?? "", ...(toolCalls?.length && { toolCalls }) };
    }
    case "tool":
      return { role: "tool", content: message.content ?? "", toolCallId: message.tool_call_id };
    case "system":
    case "developer":
      return { role: "system", content: message.content };
    case "user":
      return { role: "user", content: message.content, ...(message.name && { name: message.name }) };
  }
}

// The union is transformed, not its options: errors of transformed options would not name the field.
export const chatMessage = z.pipe(
  z.union([textMessage, assistantMessage, toolMessage], {
    error:
      "must be a message with `role` (system, developer, user, assistant or tool) and `content`; of a tool with `tool_call_id`, of an assistant perhaps with `tool_calls`",
  }),
  z.transform(messageOf),
);

const functionCall = z.object({
  type: z.literal("function_call"),
  call_id: callId,
  name: functionName,
  arguments: functionArguments,
});

const functionOutput = z.object({
  type: z.literal("function_call_output"),
  call_id: callId,
  /** The result of the call. */
  output: textParts(1, MAX_RESULT),
});

const reference = z.object({
  type: z.literal("item_reference"),
  /** The id of an earlier item. */
  id: z.string().check(z.maxLength(512)),
});

/** Reasoning of an earlier response. It does not reach the prompt. */
const reasoning = z.object({ type: z.literal("reasoning") });

const items = [functionCall, functionOutput, reasoning, textMessage, assistantMessage] as const;
const ITEMS =
  "must be a message with `role` (system, developer, user or assistant) and `content`, a `function_call` or a `function_call_output`";

/** Reads an item: a message, a call, or its result. Reasoning is read as null. */
function itemOf(item: z.output<(typeof items)[number]>): SentMessage | null {
  if (!("type" in item)) return messageOf(item);
  switch (item.type) {
    case "reasoning":
      return null;
    case "function_call":
      return {
        role: "assistant",
        content: "",
        toolCalls: [{ id: item.call_id, name: item.name, arguments: item.arguments }],
      };
    case "function_call_output":
      return { role: "tool", content: item.output, toolCallId: item.call_id };
  }
}

const storedItem = z.pipe(z.union(items, { error: ITEMS }), z.transform(itemOf));

// An item of a response's input may also be the id of an item of an earlier response.
const inputItem = z.pipe(
  z.union([reference, ...items], { error: `${ITEMS} or an \`item_reference\`` }),
  z.transform((item): SentMessage | Reference | null =>
    "type" in item && item.type === "item_reference" ? { reference: item.id } : itemOf(item),
  ),
);

// A list of items without their reasoning.
const listOf = <T>(item: z.ZodMiniType<T | null>, least: number) =>
  z.pipe(
    z.pipe(z.transform(withTexts), z.array(item).check(z.minLength(least), z.maxLength(1_000))),
    z.transform((given) => given.filter((one): one is NonNullable<typeof one> => one !== null)),
  );

// The input of a response.
export const inputItems = () => listOf(inputItem, 1);
// Items to store in a conversation.
export const storedItems = (least: number) => listOf(storedItem, least);
