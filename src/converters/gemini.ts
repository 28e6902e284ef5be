/**
 * Converts the activity of Gemini in Google Takeout (`MyActivity.json`): a list of prompts with their answers, the newest
 * first. It has no conversations: a pause begins the next one.
 */
import { type Converted, type ConvertedMessage, type ConvertOptions, type Skipped, skip } from "./converted";
import { timeOf } from "./file-time";
import { finish } from "./finish";
import { textOfHtml } from "./html-text";
import { type JsonObject, listOf, objectOf, objectsOf, textOf } from "./json-values";

/** The pause after which a prompt begins the next conversation. */
const PAUSE_MS = 30 * 60_000;

/** The words before a prompt, in English; in other languages they stay. */
const PROMPT = /^(?:Prompted|Asked|Said|Answered|Branched)(?: with:| Gemini:| Bard:)?\s/;
/** Activities that are no prompts, in English; in other languages they have no answer. */
const OTHER = /^(?:Created|Used|Added|Gave|Selected|Shared|Deleted|Viewed|Visited|Edited|Updated|Exported)\s/;
const ATTACHED = /\s{1,9}Attached \d{1,3} files?\.?\s*$/;

export function isGemini(value: unknown): boolean {
  const { header, products, title, time } = objectOf(value);
  return (
    [title, time].every(textOf) && [header, ...listOf(products)].some((name) => /gemini|bard\b/i.test(String(name)))
  );
}

interface Exchange {
  at: number;
  messages: ConvertedMessage[];
}

/** @param values the activities of a file */
export function convertGemini(values: unknown, { timeZone }: ConvertOptions): Converted[] {
  const skipped: Skipped = {};
  const exchanges = objectsOf(values)
    .flatMap((activity): Exchange[] => {
      const messages = messagesOf(activity);
      const at = timeOf(activity.time, timeZone);
      if (at !== undefined && messages.length > 0)
        return [{ at, messages: messages.map((message) => ({ ...message, createdAt: at })) }];
      skip(skipped, "activities that are no prompts");
      return [];
    })
    .sort((a, b) => a.at - b.at);
  const conversations: Exchange[][] = [];
  for (const exchange of exchanges) {
    const last = conversations.at(-1)?.at(-1);
    if (last && exchange.at - last.at <= PAUSE_MS) conversations.at(-1)?.push(exchange);
    else conversations.push([exchange]);
  }
  return conversations.map((conversation, at) =>
    finish({
      format: "gemini",
      id: String(conversation[0]?.at),
      messages: conversation.flatMap(({ messages }) => messages),
      skipped: at === 0 ? skipped : {},
    }),
  );
}

/** Returns the prompt and its answer; none of other activities. */
function messagesOf({ title, safeHtmlItem, attachedFiles, imageFile }: JsonObject): ConvertedMessage[] {
  const written = textOf(title) ?? "";
  const answer = objectsOf(safeHtmlItem)
    .map(({ html }) => textOfHtml(textOf(html) ?? ""))
    .filter(textOf)
    .join("\n\n");
  if (OTHER.test(written) || (answer === "" && !PROMPT.test(written))) return [];
  const files = [...listOf(attachedFiles), imageFile].filter(textOf).map((name) => `[file: ${name}]`);
  const prompt = [written.replace(PROMPT, "").replace(ATTACHED, ""), ...files].filter(textOf).join("\n");
  return [
    { role: "user" as const, content: prompt },
    { role: "assistant" as const, content: answer },
  ].filter(({ content }) => content !== "");
}
