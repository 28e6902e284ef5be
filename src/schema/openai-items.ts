/** What a conversation is made of: messages of a chat, items of a response's input; and what of both a turn needs. */
import * as z from "zod";
import { MAX_CALLS, MAX_RESULT } from "../limits";
import type { Called, Role } from "../turn/types";
import { callId, functionName } from "./call-schema";

export const text = z
  .string()
  .max(MAX_RESULT)
  .refine((value) => value.isWellFormed(), "must be well-formed Unicode");

const partType = z.enum(["text", "input_text", "output_text"]);

const textError = { error: "must be text of at most 100,000 characters, or 1 to 1,000 parts of it" };

/** Text, or parts of it; of what is no text nothing could be remembered. */
const textParts = (least: number) =>
  z.union(
    [
      text,
      z
        .array(z.object({ type: partType, text }))
        .min(least)
        .max(1_000)
        .transform((parts) => parts.map((part) => part.text).join("\n")),
    ],
    textError,
  );
const content = textParts(1);
/** Some clients send no parts, or null, for a message without text. */
const contentOrNone = textParts(0).nullish();

const isTextPart = (part: unknown) => {
  if (typeof part !== "object" || part === null || !("type" in part) || !("text" in part)) return false;
  return partType.safeParse(part.type).success && typeof part.text === "string";
};

/**
 * Stops at the first part of a message that is no text and says so, before the schema looks: that would find something to
 * say about each of a million.
 */
export function onlyText(items: unknown, { addIssue }: z.RefinementCtx): unknown {
  if (!Array.isArray(items)) return items;
  for (const [at, entry] of items.entries()) {
    const isObject = typeof entry === "object" && entry !== null;
    // Reasoning has parts of its own, which are not read.
    if (isObject && "type" in entry && entry.type === "reasoning") continue;
    const content: unknown = isObject && "content" in entry ? entry.content : undefined;
    const bad = Array.isArray(content) ? content.findIndex((part) => !isTextPart(part)) : -1;
    if (bad === -1) continue;
    const message = "must be text, as `text`, `input_text` or `output_text`: images, audio and files are not supported";
    addIssue({ code: "custom", path: [at, "content", bad], message, input: null });
    return z.NEVER;
  }
  return items;
}

/** One line of a conversation. */
export interface Said extends Called {
  role: Role;
  content: string;
}

/** Something that was said before, named and not repeated. */
export interface Reference {
  reference: string;
}

const said = z.object({ role: z.enum(["system", "developer", "user"]), content });

const answered = z.object({
  role: z.literal("assistant"),
  content: contentOrNone,
  tool_calls: z
    .array(
      z.object({
        id: callId,
        type: z.literal("function").optional(),
        function: z.object({ name: functionName, arguments: text }),
      }),
    )
    .max(MAX_CALLS)
    .nullish(),
});

const returned = z.object({
  role: z.literal("tool"),
  tool_call_id: callId,
  content: contentOrNone,
});

/** Reads a message of any role. */
function messageOf(message: z.output<typeof said | typeof answered | typeof returned>): Said {
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
      return { role: "user", content: message.content };
  }
}

// The transformation follows the union: an option that is transformed by itself would not name its wrong field.
export const chatMessage = z
  .union([said, answered, returned], {
    error:
      "must be a message with `role` (system, developer, user, assistant or tool) and `content`; of a tool with `tool_call_id`, of an assistant perhaps with `tool_calls`",
  })
  .transform(messageOf);

const functionCall = z.object({
  type: z.literal("function_call"),
  call_id: callId,
  name: functionName,
  arguments: text,
});

const functionOutput = z.object({ type: z.literal("function_call_output"), call_id: callId, output: content });

const reference = z.object({ type: z.literal("item_reference"), id: z.string().max(512) });

/** What the model thought, as a response gave it back: it reaches no prompt. */
const reasoning = z.object({ type: z.literal("reasoning") });

/** Items of a response's input: messages, also those that a response gave back, or the ids of those; null for nothing. */
export const inputItem = z
  .union([reference, functionCall, functionOutput, reasoning, said, answered], {
    error:
      "must be a message with `role` (system, developer, user or assistant) and `content`, a `function_call`, a `function_call_output` or an `item_reference`",
  })
  .transform((item): Said | Reference | null => {
    if (!("type" in item)) return messageOf(item);
    switch (item.type) {
      case "item_reference":
        return { reference: item.id };
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
  });
