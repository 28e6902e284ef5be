/** Converts a conversation of Mistral's Le Chat: a file with the list of its messages, in no order. */
import type { Converted, ConvertOptions } from "./converted";
import { timeOf } from "./file-time";
import { finish } from "./finish";
import { type JsonObject, objectOf, objectsOf, textOf } from "./json-values";

export const isMistral = (value: unknown): boolean => {
  const { chatId, role, contentChunks } = objectOf(value);
  return typeof chatId === "string" && typeof role === "string" && contentChunks !== undefined;
};

/** @param values the messages of a file */
export function convertMistral(values: unknown, { timeZone }: ConvertOptions): Converted[] {
  const chats = new Map<string, JsonObject[]>();
  for (const message of objectsOf(values)) {
    const id = String(message.chatId);
    const chat = chats.get(id) ?? [];
    chat.push(message);
    chats.set(id, chat);
  }
  return [...chats].map(([id, chat]) => {
    const messages = chat.map((message) => ({
      role: message.role === "user" ? ("user" as const) : ("assistant" as const),
      content: contentOf(message),
      createdAt: timeOf(message.createdAt, timeZone),
    }));
    return finish({ format: "mistral", id, messages, skipped: {}, sort: true });
  });
}

/** Returns the text of a message: its chunks repeat it, with the calls of tools. */
function contentOf({ content, contentChunks, files }: JsonObject): string {
  const calls = objectsOf(contentChunks)
    .filter(({ type }) => type === "tool_call")
    .map(({ name }) => `[call of ${textOf(name) ?? "a tool"}]`);
  const chunks = objectsOf(contentChunks).map(({ text }) => textOf(text) ?? "");
  const attached = objectsOf(files).map(({ name }) => `[file: ${textOf(name) ?? "unnamed"}]`);
  return [...calls, textOf(content) ?? chunks.join(""), ...attached].filter(textOf).join("\n");
}
