/** Converts a conversation of Claude's export. */
import { currentBranch } from "./branch";
import { type Converted, type ConvertOptions, type Skipped, skip } from "./converted";
import { timeOf } from "./file-time";
import { finish } from "./finish";
import { isObject, type JsonObject, listOf, objectOf, objectsOf, summaryOf, textAt, textOf } from "./json-values";

export const isClaude = (value: unknown): boolean => isObject(value) && Array.isArray(value.chat_messages);

export function convertClaude(value: unknown, { timeZone }: ConvertOptions): Converted {
  const conversation = objectOf(value);
  const skipped: Skipped = {};
  const all = objectsOf(conversation.chat_messages);
  const current = messagesOf(all, textOf(conversation.current_leaf_message_uuid), timeZone);
  skip(skipped, "messages of other branches", all.length - current.length);
  const messages = current.map((message) => ({
    role: message.sender === "assistant" ? ("assistant" as const) : ("user" as const),
    content: [contentOf(message, skipped), ...filesOf(message)].filter((text) => text !== "").join("\n\n"),
    createdAt: timeOf(message.created_at, timeZone),
  }));
  return finish({
    format: "claude",
    id: textAt(conversation, "uuid", "id"),
    title: textAt(conversation, "name", "title"),
    messages,
    skipped,
  });
}

/**
 * Returns the messages of the current branch. Claude's own export does not name it: the branch of the newest message is
 * taken if an edit or a repeated answer has given two messages the same parent. Older files have no parents, and one branch.
 */
function messagesOf(messages: JsonObject[], named: string | undefined, timeZone: string): JsonObject[] {
  const byId = new Map<string, JsonObject>();
  for (const message of messages) {
    const id = textOf(message.uuid);
    if (id !== undefined) byId.set(id, message);
  }
  const parents = messages.flatMap((message) => textOf(message.parent_message_uuid) ?? []);
  const isTree = new Set(parents).size < parents.length;
  const nodes = new Map(
    [...byId].map(([id, message]) => [
      id,
      { parent: textOf(message.parent_message_uuid), createdAt: timeOf(message.created_at, timeZone) },
    ]),
  );
  if (!isTree && !byId.has(named ?? "")) return messages;
  return currentBranch(nodes, named)
    .map((id) => byId.get(id))
    .filter(isObject);
}

/** Returns the text of a message's blocks; of older files, its own text. */
function contentOf(message: JsonObject, skipped: Skipped): string {
  const blocks = objectsOf(message.content).map((block) => blockOf(block, skipped));
  const text = blocks.filter((block) => block !== "").join("\n\n");
  return text === "" ? (textOf(message.text) ?? "") : text;
}

function blockOf(block: JsonObject, skipped: Skipped): string {
  switch (block.type) {
    case "text":
    case "voice_note":
      return textOf(block.text) ?? "";
    case "thinking":
    case "redacted_thinking":
      skip(skipped, "thoughts");
      return "";
    case "tool_use":
      return `[call of ${textOf(block.name) ?? "a tool"}: ${summaryOf(block.input ?? "")}]`;
    case "tool_result":
      return `[result of ${textOf(block.name) ?? "a tool"}: ${summaryOf(resultOf(block.content))}]`;
    case "token_budget":
    case "flag":
      return "";
    default:
      return textOf(block.text) ?? (typeof block.type === "string" ? `[${block.type}]` : "");
  }
}

const resultOf = (content: unknown): string =>
  typeof content === "string"
    ? content
    : listOf(content)
        .map((part) => textAt(objectOf(part), "text", "title") ?? "")
        .filter((text) => text !== "")
        .join("\n");

/** Returns the attachments with their extracted text, and the names of other files. */
function filesOf(message: JsonObject): string[] {
  const attachments = objectsOf(message.attachments).map((file) => {
    const name = textAt(file, "file_name", "name") ?? "unnamed";
    const text = textOf(file.extracted_content);
    return `[file: ${name}]${text === undefined ? "" : `\n${text}`}`;
  });
  const named = new Set(objectsOf(message.attachments).map((file) => textAt(file, "file_name", "name")));
  const files = objectsOf(message.files)
    .map((file) => textAt(file, "file_name", "name"))
    .filter((name) => name !== undefined && !named.has(name));
  return [...attachments, ...files.map((name) => `[file: ${name}]`)];
}
