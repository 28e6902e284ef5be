/** Converts a chat of Open WebUI's export: a tree of messages. `currentId` ends the current branch. */
import { currentBranch, type TreeNode } from "./branch";
import { type Converted, type ConvertOptions, type Skipped, skip } from "./converted";
import { timeOf } from "./file-time";
import { finish } from "./finish";
import { isObject, type JsonObject, listOf, objectOf, objectsOf, textAt, textOf } from "./json-values";

export const isOpenWebUI = (value: unknown): boolean =>
  isObject(value) &&
  isObject(value.chat) &&
  (isObject(objectOf(value.chat.history).messages) || Array.isArray(value.chat.messages));

export function convertOpenWebUI(value: unknown, { timeZone }: ConvertOptions): Converted {
  const item = objectOf(value);
  const chat = objectOf(item.chat);
  const skipped: Skipped = {};
  const messages = currentOf(chat, timeZone, skipped).flatMap((message) => {
    const role = message.role;
    if (role !== "user" && role !== "assistant") {
      skip(skipped, "system messages");
      return [];
    }
    const content = [contentOf(message, skipped), ...filesOf(message)].filter((text) => text !== "").join("\n");
    return [{ role, content, createdAt: timeOf(message.timestamp, timeZone) } as const];
  });
  return finish({
    format: "open-webui",
    id: textOf(item.id) ?? textOf(chat.id),
    title: textOf(item.title) ?? textOf(chat.title),
    messages,
    skipped,
  });
}

/** Returns the messages of the current branch. Old exports have a list without branches. */
function currentOf(chat: JsonObject, timeZone: string, skipped: Skipped): JsonObject[] {
  const history = objectOf(chat.history);
  const byId = new Map(
    Object.entries(objectOf(history.messages)).flatMap(([id, message]) =>
      isObject(message) ? [[id, message] as const] : [],
    ),
  );
  if (byId.size === 0) return objectsOf(chat.messages);
  const nodes = new Map<string, TreeNode>(
    [...byId].map(([id, { parentId, timestamp }]) => [
      id,
      { parent: textOf(parentId), createdAt: timeOf(timestamp, timeZone) },
    ]),
  );
  const branch = currentBranch(nodes, textOf(history.currentId));
  skip(skipped, "messages of other branches", byId.size - branch.length);
  return branch.map((id) => byId.get(id)).filter(isObject);
}

function contentOf({ content, output }: JsonObject, skipped: Skipped): string {
  const text = typeof content === "string" ? content : partsOf(content);
  return unfolded(text.trim() === "" ? outputOf(output, skipped) : text, skipped).trim();
}

/** Returns the text of an answer's items. Since version 0.10, servers store answers in this way, with an empty content. */
const outputOf = (output: unknown, skipped: Skipped): string =>
  objectsOf(output)
    .flatMap(({ type, name, content }) => {
      if (type === "function_call") return `[call of ${textOf(name) ?? "a tool"}]`;
      if (type === "reasoning") skip(skipped, "thoughts");
      return type === "message" ? partsOf(content) : [];
    })
    .join("\n");

/**
 * Replaces the blocks that Open WebUI folds: thoughts, and calls of tools. An attribute of a call has the whole result of
 * the tool, so a regular expression for blocks would need a limit that a long result exceeds.
 */
function unfolded(text: string, skipped: Skipped): string {
  // The text outside of blocks, and of each block that is open, the innermost last.
  const open = [""];
  let replaced = false;
  for (const piece of text.split(/(?=<details)|(?<=<\/details>)/)) {
    if (piece.startsWith("<details")) open.push("");
    let said: string = replaced ? piece.trimStart() : piece;
    replaced = false;
    if (open.length > 1 && piece.endsWith("</details>")) {
      const block: string = `${open.pop()}${said}`;
      const [, type] = /^<details type="([a-z_]{1,40})"/.exec(block) ?? [];
      replaced = type !== undefined;
      said = type === undefined ? block : shownOf(block, type, skipped);
    }
    open.push(`${open.pop()}${said}`);
  }
  return open.join("");
}

function shownOf(block: string, type: string, skipped: Skipped): string {
  if (type === "tool_calls") return `[call of ${/ name="([^"]{1,200})"/.exec(block)?.[1] ?? "a tool"}]\n`;
  skip(skipped, "thoughts");
  return "";
}

const partsOf = (content: unknown): string =>
  listOf(content)
    .map((part) => textOf(objectOf(part).text) ?? `[${textOf(objectOf(part).type) ?? "part"}]`)
    .join("\n");

const filesOf = ({ files }: JsonObject): string[] =>
  objectsOf(files).map((file) => {
    const kind = file.type === "image" ? "image" : "file";
    const name = textAt(file, "name") ?? textAt(objectOf(file.file), "filename");
    return name === undefined ? `[${kind}]` : `[${kind}: ${name}]`;
  });
