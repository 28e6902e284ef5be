/** Converts a conversation of LibreChat's export: a list of messages that name their parents, or a nested tree. */
import { currentBranch, type TreeNode } from "./branch";
import { type Converted, type ConvertOptions, type Skipped, skip } from "./converted";
import { timeOf } from "./file-time";
import { finish } from "./finish";
import { isObject, type JsonObject, listOf, objectOf, objectsOf, summaryOf, textAt, textOf } from "./json-values";

export const isLibreChat = (value: unknown): boolean =>
  isObject(value) && objectsOf(value.messagesTree ?? value.messages).some((message) => "isCreatedByUser" in message);

export function convertLibreChat(value: unknown, { timeZone }: ConvertOptions): Converted {
  const conversation = objectOf(value);
  const skipped: Skipped = {};
  const byId = new Map<string, JsonObject>();
  const nodes = new Map<string, TreeNode>();
  let linear = true;
  for (const { message, parent } of flattened(conversation.messagesTree ?? conversation.messages)) {
    const id = textOf(message.messageId) ?? `#${nodes.size}`;
    const above = parent ?? textOf(message.parentMessageId);
    if (above !== undefined) linear = false;
    byId.set(id, message);
    nodes.set(id, { parent: above, createdAt: timeOf(message.createdAt, timeZone) });
  }
  const branch = linear ? [...byId.keys()] : currentBranch(nodes);
  skip(skipped, "messages of other branches", byId.size - branch.length);
  const messages = branch.flatMap((id) => {
    const message = byId.get(id) ?? {};
    if (message.error === true) {
      skip(skipped, "errors");
      return [];
    }
    const role = message.isCreatedByUser === true ? ("user" as const) : ("assistant" as const);
    return [{ role, content: contentOf(message, skipped), createdAt: nodes.get(id)?.createdAt }];
  });
  const title = textOf(conversation.title);
  return finish({ format: "librechat", id: textOf(conversation.conversationId), title, messages, skipped });
}

/** Yields the messages of a list or a tree, parents first. A tree may be too deep for recursion. */
function* flattened(messages: unknown): Generator<{ message: JsonObject; parent: string | undefined }> {
  const waiting = objectsOf(messages)
    .map((message): { message: JsonObject; parent: string | undefined } => ({ message, parent: undefined }))
    .reverse();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    yield next;
    const parent = textOf(next.message.messageId);
    for (const message of objectsOf(next.message.children).reverse()) waiting.push({ message, parent });
  }
}

function contentOf(message: JsonObject, skipped: Skipped): string {
  const parts = listOf(message.content).map((part) => partOf(objectOf(part), skipped));
  const files = objectsOf(message.files).map((file) => `[file: ${textAt(file, "filename", "name") ?? "unnamed"}]`);
  const text = parts.filter((part) => part !== "").join("\n\n");
  return [text === "" ? (textOf(message.text) ?? "") : text, ...files].filter((part) => part !== "").join("\n");
}

function partOf(part: JsonObject, skipped: Skipped): string {
  switch (part.type) {
    case "text":
      return textOf(part.text) ?? textOf(objectOf(part.text).value) ?? "";
    case "think":
      skip(skipped, "thoughts");
      return "";
    case "error":
      skip(skipped, "errors");
      return "";
    case "tool_call": {
      const call = objectOf(part.tool_call);
      const inner = objectOf(call.function);
      const name = textOf(call.name) ?? textOf(inner.name) ?? "a tool";
      const output = call.output ?? inner.output;
      const made = `[call of ${name}: ${summaryOf(call.args ?? inner.arguments ?? "")}]`;
      return output === undefined || output === null ? made : `${made}\n[result of ${name}: ${summaryOf(output)}]`;
    }
    case "image_file":
      return `[image: ${textAt(objectOf(part.image_file), "filename", "filepath") ?? "unnamed"}]`;
    default:
      return typeof part.type === "string" ? `[${part.type}]` : "";
  }
}
