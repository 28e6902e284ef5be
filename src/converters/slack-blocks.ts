/** Reads the blocks of Slack's messages: a few messages have no other text, for example a pasted table. */
import { listOf, objectOf, textOf } from "./json-values";

/** The most levels of blocks that are read. Slack's own have five. */
const DEEPEST = 10;

/** Returns the text of blocks, with Slack's markup for users. @param between the text between two blocks */
export function textOfBlocks(blocks: unknown, between = "\n", depth = 0): string {
  if (depth > DEEPEST) return "";
  return listOf(blocks)
    .map((block) => {
      // A row of a table.
      if (Array.isArray(block)) return textOfBlocks(block, " | ", depth + 1);
      const { type, text, url, user_id: user, elements, fields, rows } = objectOf(block);
      const own =
        textOf(text) ?? textOf(objectOf(text).text) ?? textOf(url) ?? (user === undefined ? "" : `<@${user}>`);
      // Of lists and outer blocks, each element is a line of its own.
      const gap = /^rich_text_(?!list)/.test(String(type)) ? "" : "\n";
      const inner = [elements, fields, rows].map((list) => textOfBlocks(list, gap, depth + 1));
      return [own, ...inner].filter(Boolean).join("\n");
    })
    .filter(Boolean)
    .join(between);
}
