/** Reads the blocks of Slack's messages: a few messages have no other text, for example a pasted table. */
import { isObject, type JsonObject, listOf, objectsOf, textOf } from "./json-values";

/** The most levels of blocks that are read. Slack's own have five. */
const DEEPEST = 10;

/** Returns the text of blocks, with Slack's markup for users, channels and links. */
export function textOfBlocks(blocks: unknown, depth = 0): string {
  return objectsOf(blocks)
    .map((block) => textOfBlock(block, depth))
    .filter((text) => text !== "")
    .join("\n");
}

function textOfBlock(block: JsonObject, depth: number): string {
  if (depth > DEEPEST) return "";
  const { type, text, elements, fields, rows, url, user_id: user, channel_id: channel, name } = block;
  if (type === "user") return `<@${textOf(user) ?? "unknown"}>`;
  if (type === "channel") return `<#${textOf(channel) ?? "unknown"}>`;
  if (type === "emoji") return `:${textOf(name) ?? ""}:`;
  if (type === "link") return `<${textOf(url) ?? ""}|${textOf(text) ?? ""}>`;
  if (type === "rich_text_section" || type === "rich_text_preformatted" || type === "rich_text_quote")
    return objectsOf(elements)
      .map((element) => textOfBlock(element, depth + 1))
      .join("");
  const own = isObject(text) ? textOf(text.text) : textOf(text);
  const cells = listOf(rows).map((row) =>
    objectsOf(row)
      .map((cell) => textOfBlock(cell, depth + 1))
      .join(" | "),
  );
  return [own ?? "", textOfBlocks(fields, depth + 1), textOfBlocks(elements, depth + 1), ...cells]
    .filter((part) => part !== "")
    .join("\n");
}
