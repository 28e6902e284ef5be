/** Converts a chat that signal-export has written into `data.json`: a line for each message. */
import { type Converted, type ConvertedMessage, type ConvertOptions, type Skipped, skip } from "./converted";
import { timeOf } from "./file-time";
import { finish } from "./finish";
import { type JsonObject, objectOf, objectsOf, textOf } from "./json-values";
import { replyTo } from "./reply-to";

/** The name that signal-export gives to the person whose chats these are. */
const SELF = "Me";

export const isSignal = (value: unknown): boolean => {
  const { date, sender, body, reactions } = objectOf(value);
  return [date, sender, body].every((field) => typeof field === "string") && Array.isArray(reactions);
};

/** @param values the messages of a file */
export function convertSignal(values: unknown, { timeZone }: ConvertOptions): Converted[] {
  const skipped: Skipped = {};
  const messages = objectsOf(values).flatMap((message): ConvertedMessage[] => {
    if (message.deleted === true || message.call === true) {
      skip(skipped, "calls and deleted messages");
      return [];
    }
    const name = textOf(message.sender);
    return [
      {
        role: "user",
        name: name === SELF ? undefined : name,
        content: contentOf(message),
        createdAt: timeOf(message.date, timeZone),
      },
    ];
  });
  const title = messages.find(({ name }) => name !== undefined)?.name;
  return [finish({ format: "signal", id: undefined, title, messages, skipped, sort: true })];
}

function contentOf({ body, quote, sticker, attachments }: JsonObject): string {
  const quoted = (textOf(quote) ?? "").replace(/^\s*> ?/gm, "").trim();
  return [
    quoted === "" ? "" : replyTo({ name: "an earlier message", content: quoted }),
    (textOf(body) ?? "").trim(),
    sticker ? "[sticker]" : "",
    ...objectsOf(attachments).map(({ name }) => `[file: ${textOf(name) ?? "unnamed"}]`),
  ]
    .filter(textOf)
    .join("\n");
}
