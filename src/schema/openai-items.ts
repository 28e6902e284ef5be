/** What a conversation is made of: messages of a chat, items of a response's input; and what of both a turn needs. */
import * as z from "zod";
import { MAX_CALLS, MAX_RESULT } from "../limits";
import type { Called, Role } from "../turn/types";

export const text = z
  .string()
  .max(MAX_RESULT)
  .refine((value) => value.isWellFormed(), "must be well-formed Unicode");

const partType = z.enum(["text", "input_text", "output_text"]);

/** Text, or parts of it; of what is no text nothing could be remembered. */
const textParts = z.union(
  [
    text,
    z
      .array(z.object({ type: partType, text }))
      .min(1)
      .max(1_000)
      .transform((parts) => parts.map((part) => part.text).join("\n")),
  ],
  { error: "must be text of at most 100,000 characters, or 1 to 1,000 parts of it" },
);

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
    const content: unknown =
      typeof entry === "object" && entry !== null && "content" in entry ? entry.content : undefined;
    const bad = Array.isArray(content) ? content.findIndex((part) => !isTextPart(part)) : -1;
    if (bad === -1) continue;
    const message = "must be text, as `text`, `input_text` or `output_text`: images, audio and files are not supported";
    addIssue({ code: "custom", path: [at, "content", bad], message, input: null });
    return z.NEVER;
  }
  return items;
}

const id = z.string().min(1).max(256);

/** One line of a conversation. */
export interface Said extends Called {
  role: Role;
  content: string;
}

/** Something that was said before, named and not repeated. */
export interface Reference {
  reference: string;
}

const said = z
  .object({ role: z.enum(["system", "developer", "user"]), content: textParts })
  .transform(({ role, content }): Said => ({ role: role === "developer" ? "system" : role, content }));

const answered = z
  .object({
    role: z.literal("assistant"),
    content: textParts.nullish(),
    tool_calls: z
      .array(z.object({ id, type: z.literal("function"), function: z.object({ name: id, arguments: text }) }))
      .max(MAX_CALLS)
      .nullish(),
  })
  .transform(({ content, tool_calls: calls }): Said => {
    const toolCalls = calls?.map(({ id, function: called }) => ({ id, ...called }));
    return { role: "assistant", content: content ?? "", ...(toolCalls?.length && { toolCalls }) };
  });

const returned = z
  .object({ role: z.literal("tool"), tool_call_id: id, content: textParts })
  .transform(({ tool_call_id: toolCallId, content }): Said => ({ role: "tool", content, toolCallId }));

export const chatMessage = z.union([said, answered, returned], {
  error:
    "must be a message with `role` (system, developer, user, assistant or tool) and `content`; of a tool with `tool_call_id`, of an assistant perhaps with `tool_calls`",
});

const functionCall = z
  .object({ type: z.literal("function_call"), call_id: id, name: id, arguments: text })
  .transform(({ call_id, name, arguments: json }): Said => {
    return { role: "assistant", content: "", toolCalls: [{ id: call_id, name, arguments: json }] };
  });

const functionOutput = z
  .object({ type: z.literal("function_call_output"), call_id: id, output: textParts })
  .transform(({ call_id: toolCallId, output }): Said => ({ role: "tool", content: output, toolCallId }));

const reference = z
  .object({ type: z.literal("item_reference"), id: z.string().max(512) })
  .transform((item): Reference => ({ reference: item.id }));

/** Items of a response's input: messages, also those that a response gave back, or the ids of those. */
export const inputItem = z.union([reference, functionCall, functionOutput, said, answered], {
  error:
    "must be a message with `role` (system, developer, user or assistant) and `content`, a `function_call`, a `function_call_output` or an `item_reference`",
});
