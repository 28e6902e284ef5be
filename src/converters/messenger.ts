/** Converts a chat of Messenger or Instagram: a file of Meta's export, or of Messenger's download of encrypted chats. */
import { type Converted, type ConvertedMessage, type ConvertOptions, type Skipped, skip } from "./converted";
import { timeOf } from "./file-time";
import { finish } from "./finish";
import { isObject, type JsonObject, objectOf, objectsOf, textAt, textOf } from "./json-values";
import { partOf } from "./part-of";

export function isMessenger(value: unknown): boolean {
  const { participants, messages, thread_path: path, threadName } = objectOf(value);
  return Array.isArray(participants) && Array.isArray(messages) && Boolean(textOf(path) ?? textOf(threadName));
}

export function convertMessenger(value: unknown, { timeZone, me, fileName }: ConvertOptions): Converted[] {
  const chat = objectOf(value);
  const skipped: Skipped = {};
  const messages = objectsOf(chat.messages).flatMap((message): ConvertedMessage[] => {
    const name = decoded(textAt(message, "sender_name", "senderName") ?? "Deleted account");
    if (message.is_unsent === true || message.isUnsent === true || message.call_duration !== undefined) {
      skip(skipped, "calls and deleted messages");
      return [];
    }
    return [
      {
        role: "user",
        name: name === me ? undefined : name,
        content: contentOf(message),
        createdAt: timeOf(message.timestamp_ms ?? message.timestamp, timeZone),
      },
    ];
  });
  const id = textAt(chat, "thread_path", "threadName");
  return [
    finish({
      format: "messenger",
      id: partOf(id?.split("/").at(-1), /^message_(\d{1,4})\.json$/.exec(fileName)?.[1]),
      title: decoded(textAt(chat, "title", "threadName") ?? "").replace(/_\d{1,9}$/, ""),
      // The newest message is the first one of a file: messages of the same time keep their order.
      messages: messages.reverse(),
      skipped,
      sort: true,
    }),
  ];
}

/** The media of a message, by their fields. */
const MEDIA = { photos: "photo", videos: "video", audio_files: "audio", gifs: "gif", files: "file", media: "file" };

function contentOf(message: JsonObject): string {
  const { share, sticker } = message;
  const text = decoded(textAt(message, "content", "text") ?? "");
  const link = textOf(objectOf(share).link);
  const media = Object.entries(MEDIA).flatMap(([field, kind]) => objectsOf(message[field]).map(() => `[${kind}]`));
  return [text, link !== undefined && text.includes(link) ? "" : link, isObject(sticker) ? "[sticker]" : "", ...media]
    .filter(textOf)
    .join("\n");
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Decodes a text that Meta's export has written byte by byte: each character is a byte of its UTF-8. */
function decoded(text: string): string {
  if (/[^\0-\xff]/.test(text)) return text;
  try {
    return decoder.decode(Uint8Array.from(text, (character) => character.charCodeAt(0)));
  } catch {
    return text;
  }
}
