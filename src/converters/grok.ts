/** Converts the export of Grok: all conversations in one value. Answers name their questions as parents. */
import { currentBranch, type TreeNode } from "./branch";
import { type Converted, type ConvertedMessage, type ConvertOptions, type Skipped, skip } from "./converted";
import { timeOf } from "./file-time";
import { finish } from "./finish";
import { isObject, type JsonObject, listOf, objectOf, objectsOf, textOf } from "./json-values";

const isConversation = (value: unknown): value is JsonObject =>
  isObject(value) && isObject(value.conversation) && Array.isArray(value.responses);

export const isGrok = (value: unknown): boolean =>
  isConversation(value) || objectsOf(objectOf(value).conversations).some(isConversation);

export function convertGrok(value: unknown, options: ConvertOptions): Converted[] {
  const all = isConversation(value) ? [value] : objectsOf(objectOf(value).conversations).filter(isConversation);
  return all.map((one) => convertConversation(one, options));
}

function convertConversation({ conversation, responses }: JsonObject, { timeZone }: ConvertOptions): Converted {
  const skipped: Skipped = {};
  const { id, title } = objectOf(conversation);
  const byId = new Map(
    objectsOf(responses).map(({ response }, at) => {
      const said = objectOf(response);
      return [textOf(said._id) ?? `#${at}`, said] as const;
    }),
  );
  const nodes = new Map<string, TreeNode>(
    [...byId].map(([key, { parent_response_id: parent, create_time: time }]) => [
      key,
      { parent: textOf(parent), createdAt: timeOf(dateOf(time), timeZone) },
    ]),
  );
  // Older exports name no parents.
  const isTree = [...nodes.values()].some(({ parent }) => parent !== undefined && nodes.has(parent));
  const branch = isTree ? currentBranch(nodes) : [...byId.keys()];
  skip(skipped, "messages of other branches", byId.size - branch.length);
  const messages = branch.map((key): ConvertedMessage => {
    const { sender, message, file_attachments: files } = byId.get(key) ?? {};
    return {
      role: String(sender).toLowerCase() === "human" ? "user" : "assistant",
      content: [shownIn(textOf(message) ?? ""), ...listOf(files).map(() => "[file]")].filter(textOf).join("\n"),
      createdAt: nodes.get(key)?.createdAt,
    };
  });
  return finish({ format: "grok", id: textOf(id), title: textOf(title), messages, skipped, sort: !isTree });
}

/** Returns a time: MongoDB writes `{ $date: { $numberLong: "1735600000000" } }`. */
function dateOf(time: unknown): unknown {
  const { $date: date = time } = objectOf(time);
  return objectOf(date).$numberLong ?? date;
}

/** Removes the marks of citations and cards, and the tags around a file that the answer contains. */
const shownIn = (text: string): string =>
  text
    .replace(/<grok:render\b[^<>]{0,500}>(?:(?!<\/?grok:render\b)[\s\S]){0,2000}<\/grok:render>/g, "")
    .replace(/<\/?xaiArtifact\b[^<>]{0,500}>/g, "");
