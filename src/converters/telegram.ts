/** Converts Telegram's JSON export: one chat, or all chats of an account. */
import { type Converted, type ConvertedMessage, type ConvertOptions, type Skipped, skip } from "./converted";
import { timeOf } from "./file-time";
import { finish } from "./finish";
import { idOf, isObject, type JsonObject, listOf, objectOf, objectsOf, textOf } from "./json-values";
import { replyTo } from "./reply-to";

const isChat = (value: unknown): value is JsonObject =>
  isObject(value) && Array.isArray(value.messages) && /_|^replies/.test(String(value.type));

export const isTelegram = (value: unknown): boolean =>
  isChat(value) || (isObject(value) && Array.isArray(objectOf(value.chats).list));

export function convertTelegram(value: unknown, options: ConvertOptions): Converted[] {
  if (isChat(value)) return [convertChat(value, options)];
  const { chats, left_chats: left } = objectOf(value);
  return [...listOf(objectOf(chats).list), ...listOf(objectOf(left).list)]
    .filter(isChat)
    .map((chat) => convertChat(chat, options));
}

function convertChat(chat: JsonObject, { timeZone, me }: ConvertOptions): Converted {
  const skipped: Skipped = {};
  const said = new Map<string, { name: string; content: string }>();
  const messages: ConvertedMessage[] = [];
  for (const message of objectsOf(chat.messages)) {
    if (message.type !== "message") {
      skip(skipped, "service messages");
      continue;
    }
    const name = textOf(message.from) ?? "Deleted account";
    const content = contentOf(message);
    const id = idOf(message.id);
    if (id !== undefined) said.set(id, { name, content });
    // An answer to a message of another chat names that chat. Its number may be in use here, too.
    const quoted =
      message.reply_to_peer_id === undefined ? said.get(idOf(message.reply_to_message_id) ?? "") : undefined;
    messages.push({
      role: "user",
      name: name === me ? undefined : name,
      content: quoted && content !== "" ? `${replyTo(quoted)} ${content}` : content,
      createdAt: timeOf(message.date_unixtime, timeZone) ?? timeOf(message.date, timeZone),
    });
  }
  const title = textOf(chat.name) ?? (chat.type === "saved_messages" ? "Saved messages" : undefined);
  return finish({ format: "telegram", id: idOf(chat.id), title, messages, skipped, sort: true });
}

function contentOf(message: JsonObject): string {
  const from = textOf(message.forwarded_from);
  const parts = [
    from === undefined ? "" : `(forwarded from ${from})`,
    mediaOf(message),
    typeof message.text === "string"
      ? message.text
      : listOf(message.text)
          .map((part) => (typeof part === "string" ? part : linkOf(objectOf(part))))
          .join(""),
  ];
  return listed(parts, " ");
}

/** Joins the texts that are not empty. */
const listed = (parts: unknown[], gap: string): string => parts.filter(textOf).join(gap);

/** Returns the text of a part, with the address of a link that has another text. */
const linkOf = ({ text, href }: JsonObject): string =>
  [textOf(text) ?? "", textOf(href) === undefined ? "" : ` (${textOf(href)})`].join("");

function mediaOf(message: JsonObject): string {
  const { media_type: type, photo, file, file_name: fileName, poll, location_information: place } = message;
  const contact = objectOf(message.contact_information);
  const venue = listed([message.place_name, message.address], ", ");
  if (type === "sticker") return `[sticker ${textOf(message.sticker_emoji) ?? ""}]`.replace(" ]", "]");
  if (photo !== undefined) return "[photo]";
  if (isObject(poll)) return `[poll: ${textOf(poll.question) ?? ""}]`;
  if (venue !== "") return `[location: ${venue}]`;
  if (place !== undefined) return "[location]";
  const called = listed([contact.first_name, contact.last_name], " ");
  if (called !== "") return `[contact: ${called}]`;
  if (typeof type === "string" && type !== "") return `[${type.replaceAll("_", " ")}]`;
  if (file === undefined) return "";
  return `[file: ${textOf(fileName) ?? textOf(file)?.split("/").at(-1) ?? "unnamed"}]`;
}
