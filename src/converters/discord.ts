/** Converts a channel that DiscordChatExporter has written as JSON. */
import { type Converted, type ConvertedMessage, type ConvertOptions, type Skipped, skip } from "./converted";
import { timeOf } from "./file-time";
import { finish } from "./finish";
import { isObject, type JsonObject, objectOf, objectsOf, textAt, textOf } from "./json-values";
import { partOf } from "./part-of";
import { replyTo } from "./reply-to";

export const isDiscord = (value: unknown): boolean =>
  isObject(value) && isObject(value.guild) && isObject(value.channel) && Array.isArray(value.messages);

/** Messages that people and bots write. Others tell of calls, pins and members. */
const SAID = ["Default", "Reply", "20", "23", "ChatInputCommand", "ContextMenuCommand"];

export function convertDiscord(value: unknown, { timeZone, me, fileName }: ConvertOptions): Converted[] {
  const { guild, channel, messages: all } = objectOf(value);
  const { id, name: title } = objectOf(channel);
  const skipped: Skipped = {};
  const said = new Map<string, { name: string; content: string }>();
  const messages: ConvertedMessage[] = [];
  for (const message of objectsOf(all)) {
    if (!SAID.includes(String(message.type))) {
      skip(skipped, "service messages");
      continue;
    }
    const author = objectOf(message.author);
    const name = textAt(author, "nickname", "name") ?? "Deleted account";
    const content = contentOf(message);
    said.set(String(message.id), { name, content });
    const quoted = said.get(String(objectOf(message.reference).messageId));
    messages.push({
      role: "user",
      name: name === me || author.name === me ? undefined : name,
      content: quoted && content !== "" ? `${replyTo(quoted)} ${content}` : content,
      createdAt: timeOf(message.timestamp, timeZone),
    });
  }
  const place = textOf(objectOf(guild).name);
  return [
    finish({
      format: "discord",
      id: partOf(textOf(id), /\[part (\d{1,4})\]/.exec(fileName)?.[1]),
      title: [place, title].filter(textOf).join(": "),
      messages,
      skipped,
      sort: true,
    }),
  ];
}

function contentOf(message: JsonObject): string {
  const { content, embeds, attachments, stickers, forwardedMessage } = message;
  const forwarded = isObject(forwardedMessage) ? contentOf({ ...forwardedMessage, forwardedMessage: undefined }) : "";
  return [
    forwarded === "" ? "" : `(forwarded) ${forwarded}`,
    textOf(content),
    ...objectsOf(embeds).flatMap(({ title, description }) => [textOf(title), textOf(description)]),
    ...objectsOf(attachments).map(({ fileName }) => `[file: ${textOf(fileName) ?? "unnamed"}]`),
    ...objectsOf(stickers).map(({ name }) => `[sticker ${textOf(name) ?? ""}]`),
  ]
    .filter(textOf)
    .join("\n");
}
