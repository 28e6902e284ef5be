/** Converts a conversation of ChatGPT's export: a tree of messages. `current_node` ends the current branch. */
import { currentBranch, type TreeNode } from "./branch";
import { type Converted, type ConvertedMessage, type ConvertOptions, type Skipped, skip } from "./converted";
import { timeOf } from "./file-time";
import { finish } from "./finish";
import { isObject, type JsonObject, listOf, objectOf, objectsOf, summaryOf, textAt, textOf } from "./json-values";

/** DeepSeek's export has the same name and tree, but other messages: it would be a conversation without messages. */
export const isChatGPT = (value: unknown): boolean =>
  isObject(value) && isObject(value.mapping) && value.inserted_at === undefined;

/** Contents that the person never saw: the model's thoughts, and instructions. */
const THOUGHTS = ["thoughts", "reasoning_recap"];
const CONTEXT = ["user_editable_context", "model_editable_context"];

/** Marks in private characters: a kind, then its values. And citations in corner brackets. */
const MARKS = /\ue200([a-z_]{0,40})\ue202?([^\ue200\ue201]{0,4000})\ue201|【[^】]{0,100}†[^】]{0,100}】/g;

/** Returns the words that a mark shows: the name of a person or place, or a link. Citations show none. */
function shownBy(_mark: string, kind = "", values = ""): string {
  const [title = "", address = ""] = values.split("\ue202");
  if (kind === "entity") return nameIn(title);
  if (kind !== "url") return "";
  return /^https?:/.test(address) ? `${title} (${address})` : title;
}

/** Returns the second text of a list in JSON. */
function nameIn(list: string): string {
  try {
    return textOf(listOf(JSON.parse(list))[1]) ?? "";
  } catch {
    return "";
  }
}

export function convertChatGPT(value: unknown, { timeZone }: ConvertOptions): Converted {
  const conversation = objectOf(value);
  const mapping = new Map(
    Object.entries(objectOf(conversation.mapping)).flatMap(([id, node]) =>
      isObject(node) ? [[id, node] as const] : [],
    ),
  );
  const nodes = new Map<string, TreeNode>();
  for (const [id, { parent, message }] of mapping)
    nodes.set(id, { parent: textOf(parent), createdAt: timeOf(objectOf(message).create_time, timeZone) });
  const branch = currentBranch(nodes, textOf(conversation.current_node));
  const skipped: Skipped = {};
  const messages = branch.flatMap((id) => {
    const message = mapping.get(id)?.message;
    if (!isObject(message)) return [];
    const converted = convertMessage(message, skipped);
    return converted ? [{ ...converted, createdAt: nodes.get(id)?.createdAt }] : [];
  });
  const onBranch = new Set(branch);
  const others = [...mapping].filter(([id, { message }]) => isObject(message) && !onBranch.has(id));
  skip(skipped, "messages of other branches", others.length);
  return finish({
    format: "chatgpt",
    id: textAt(conversation, "conversation_id", "id"),
    title: textOf(conversation.title),
    messages,
    skipped,
  });
}

function convertMessage(message: JsonObject, skipped: Skipped): ConvertedMessage | undefined {
  const author = objectOf(message.author);
  const content = objectOf(message.content);
  const type = textOf(content.content_type) ?? "text";
  const reason = reasonToSkip(author.role, type, objectOf(message.metadata));
  if (reason !== undefined) {
    skip(skipped, reason);
    return undefined;
  }
  const text = contentOf(content, message).replace(MARKS, shownBy).trim();
  if (author.role === "user") return { role: "user", content: text };
  if (author.role === "assistant") {
    const tool = textOf(message.recipient) ?? "all";
    return { role: "assistant", content: tool === "all" ? text : `[call of ${tool}: ${summaryOf(text)}]` };
  }
  const name = textOf(author.name) ?? "tool";
  return { role: "system", name, content: text === "" ? "" : `[result of ${name}: ${summaryOf(text)}]` };
}

function reasonToSkip(role: unknown, type: string, metadata: JsonObject): string | undefined {
  if (role === "system") return "system messages";
  if (THOUGHTS.includes(type)) return "thoughts";
  if (CONTEXT.includes(type) || metadata.is_visually_hidden_from_conversation === true) return "hidden messages";
  if (type === "system_error") return "errors of tools";
  return undefined;
}

/** Returns the text of a content: its parts, or its own text. */
function contentOf(content: JsonObject, message: JsonObject): string {
  if (!Array.isArray(content.parts)) return textAt(content, "text", "result", "summary", "content") ?? "";
  const files = attachmentsOf(message);
  const parts = content.parts.map((part) => partOf(part, files));
  return [...parts, ...files.map((name) => `[file: ${name}]`)].filter((part) => part !== "").join("\n");
}

/** Returns the names of the files that were sent with a message, without those of images: parts name these. */
function attachmentsOf(message: JsonObject): string[] {
  return objectsOf(objectOf(message.metadata).attachments).flatMap(({ name }) => textOf(name) ?? []);
}

/** @param files the names of files that no part named yet */
function partOf(part: unknown, files: string[]): string {
  if (typeof part === "string") return part;
  const { content_type: type, text } = objectOf(part);
  if (type === "audio_transcription") return textOf(text) ?? "";
  if (type === "image_asset_pointer") {
    const name = files.find((file) => /\.(?:png|jpe?g|gif|webp|heic|bmp|svg)$/i.test(file));
    if (name !== undefined) files.splice(files.indexOf(name), 1);
    return name === undefined ? "[image]" : `[image: ${name}]`;
  }
  if (typeof type === "string" && type.includes("audio")) return "";
  return textOf(text) ?? (isObject(part) && listOf(part.parts).length === 0 ? `[${textOf(type) ?? "part"}]` : "");
}
