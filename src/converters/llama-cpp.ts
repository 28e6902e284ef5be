/**
 * Converts conversations of llama.cpp's web interface: JSONL with a line for each conversation and each message, or the JSON
 * of earlier versions. Messages are a tree; `currNode` ends the current branch.
 */
import { currentBranch, type TreeNode } from "./branch";
import { type Converted, type ConvertOptions, type Skipped, skip } from "./converted";
import { timeOf } from "./file-time";
import { finish } from "./finish";
import { isObject, type JsonObject, objectOf, objectsOf, textOf } from "./json-values";

export function isLlamaCpp(value: unknown): boolean {
  const { conv = value, message } = objectOf(value);
  return "currNode" in objectOf(conv) || "convId" in objectOf(message);
}

/** @param values the lines of a file, or its conversations */
export function convertLlamaCpp(values: unknown, options: ConvertOptions): Converted[] {
  const sessions: { conv: JsonObject; messages: JsonObject[] }[] = [];
  for (const value of objectsOf(values)) {
    const { conv = value, messages, message } = value;
    if (isObject(message)) sessions.at(-1)?.messages.push(message);
    else sessions.push({ conv: objectOf(conv), messages: objectsOf(messages) });
  }
  return sessions.map(({ conv, messages }) => convertSession(conv, messages, options));
}

function convertSession(conv: JsonObject, all: JsonObject[], { timeZone }: ConvertOptions): Converted {
  const skipped: Skipped = {};
  const byId = new Map(all.map((message) => [String(message.id), message]));
  const nodes = new Map<string, TreeNode>(
    [...byId].map(([id, { parent, timestamp }]) => [
      id,
      { parent: textOf(parent), createdAt: timeOf(timestamp, timeZone) },
    ]),
  );
  const branch = currentBranch(nodes, textOf(conv.currNode));
  skip(skipped, "messages of other branches", byId.size - branch.length);
  const messages = branch.flatMap((id) => {
    const { role, content, extra } = byId.get(id) ?? {};
    if (role !== "user" && role !== "assistant") {
      if (content) skip(skipped, "system messages");
      return [];
    }
    const files = objectsOf(extra).map(({ name }) => `[file: ${name ?? "unnamed"}]`);
    return [
      { role, content: [content, ...files].filter(textOf).join("\n"), createdAt: nodes.get(id)?.createdAt } as const,
    ];
  });
  return finish({ format: "llama.cpp", id: textOf(conv.id), title: textOf(conv.name), messages, skipped });
}
