/** Converts the folders of Slack's export: one folder per channel, one file per day, and lists of users and channels. */
import { type Converted, type ConvertedMessage, type ConvertOptions, type Skipped, skip } from "./converted";
import { timeOf } from "./file-time";
import { finish } from "./finish";
import { idOf, type JsonObject, objectOf, objectsOf, textAt, textOf } from "./json-values";
import { replyTo } from "./reply-to";
import { textOfBlocks } from "./slack-blocks";

/** The files with the channels and direct messages of a workspace. */
const LISTS = ["channels", "groups", "dms", "mpims"];

/** Returns whether a file of the export is a list of users or of channels. */
export const isSlackList = (path: string): boolean =>
  /^(?:[^/]+\/)?(?:(?:org_)?users|channels|groups|dms|mpims)\.json$/.test(path);

/** Returns the folder of a channel if the file has the messages of one of its days. */
export const slackChannelOf = (path: string): string | undefined =>
  /^(?:[^/]+\/)?([^/]+)\/\d{4}-\d\d-\d\d\.json$/.exec(path)?.[1];

/** The most messages of an export: they are in memory, because a channel's files may come in any order. */
const MAX_MESSAGES = 5_000_000;

interface SlackMessage {
  ts: string;
  thread: string | undefined;
  name: string;
  content: string;
}

/** Subtypes that a person wrote. All others are messages about the channel. */
const SPOKEN = ["bot_message", "file_share", "file_comment", "me_message", "thread_broadcast", "reply_broadcast"];

export class SlackExport {
  readonly #users = new Map<string, string>();
  /** The id and the members of each folder's channel. */
  readonly #channels = new Map<string, { id: string; members: string[]; isChannel: boolean }>();
  readonly #messages = new Map<string, SlackMessage[]>();
  readonly #skipped = new Map<string, Skipped>();
  #count = 0;

  /** Whether the export has more messages than are read. */
  get full(): boolean {
    return this.#count >= MAX_MESSAGES;
  }

  /** Adds an entry of a list of users or of channels. */
  addListed(path: string, value: unknown): void {
    const entry = objectOf(value);
    const id = idOf(entry.id);
    if (id === undefined) return;
    if (/(?:^|\/)(?:org_)?users\.json$/.test(path)) {
      const profile = objectOf(entry.profile);
      const name = textAt(profile, "display_name", "real_name") ?? textAt(entry, "real_name", "name") ?? id;
      this.#users.set(id, name);
    } else if (LISTS.some((list) => path.endsWith(`${list}.json`))) {
      const members = Array.isArray(entry.members) ? entry.members.flatMap((member) => textOf(member) ?? []) : [];
      const name = textOf(entry.name);
      this.#channels.set(name ?? id, { id, members, isChannel: !/(?:dms|mpims)\.json$/.test(path) });
    }
  }

  /** Adds a message of a channel. The lists come first: texts name users by their ids. */
  addMessage(channel: string, value: unknown): void {
    const message = objectOf(value);
    const skipped = this.#skipped.get(channel) ?? {};
    this.#skipped.set(channel, skipped);
    const ts = textOf(message.ts);
    const subtype = textOf(message.subtype);
    if (ts === undefined) {
      skip(skipped, "entries that are no messages");
      return;
    }
    if (subtype !== undefined && !SPOKEN.includes(subtype)) {
      skip(skipped, "messages about the channel");
      return;
    }
    const said = this.#messages.get(channel) ?? [];
    this.#messages.set(channel, said);
    this.#count += 1;
    const thread = textOf(message.thread_ts);
    said.push({
      ts,
      thread: thread === ts ? undefined : thread,
      name: this.#speakerOf(message),
      content: this.#contentOf(message),
    });
  }

  /** Yields the channels that have messages. */
  *conversations({ timeZone, me }: ConvertOptions): Generator<Converted> {
    for (const [folder, said] of this.#messages) {
      const { id = folder, members = [], isChannel = true } = this.#channels.get(folder) ?? {};
      const byTs = new Map(said.map((message) => [message.ts, message]));
      const messages = said.map(({ ts, thread, name, content }): ConvertedMessage => {
        const parent = byTs.get(thread ?? "");
        return {
          role: "user",
          name: name === me ? undefined : name,
          content: parent && content !== "" ? `${replyTo(parent)} ${content}` : content,
          createdAt: timeOf(ts, timeZone),
        };
      });
      const people = members.map((member) => this.#users.get(member) ?? member).filter((name) => name !== me);
      const title = isChannel || people.length === 0 ? `#${folder}` : people.join(", ");
      yield finish({ format: "slack", id, title, messages, skipped: this.#skipped.get(folder) ?? {}, sort: true });
    }
  }

  #speakerOf(message: JsonObject): string {
    const { real_name: real, display_name: display } = objectOf(message.user_profile);
    const id = textOf(message.user);
    const known = id === undefined ? undefined : this.#users.get(id);
    return known ?? textOf(display) ?? textOf(real) ?? textAt(message, "username", "bot_id") ?? id ?? "unknown";
  }

  #contentOf(message: JsonObject): string {
    const text = textOf(message.text) ?? textOfBlocks(message.blocks);
    // Beside a text, an attachment is the preview of a link, or a message that was forwarded.
    const attached = objectsOf(message.attachments)
      .filter((shown) => text === "" || shown.is_share === true)
      .flatMap((shown) => textAt(shown, "text", "fallback") ?? []);
    const files = objectsOf(message.files).map((file) => `[file: ${textAt(file, "name", "title") ?? "unnamed"}]`);
    return [...[text, ...attached].map((part) => this.#readable(part)), ...files].filter(Boolean).join("\n");
  }

  /** Replaces mentions, links and entities of Slack's markup. */
  #readable(text: string): string {
    return text
      .replace(/<([^<>|]{1,4000})(?:\|([^<>]{0,4000}))?>/g, (_, target: string, label?: string) => {
        if (target.startsWith("@")) return `@${this.#users.get(target.slice(1)) ?? label ?? target.slice(1)}`;
        if (target.startsWith("#")) return `#${label || this.#nameOf(target.slice(1))}`;
        if (target.startsWith("!")) return label || `@${target.slice(1).split("^")[0]}`;
        return label && label !== target ? `${label} (${target})` : target;
      })
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&amp;", "&");
  }

  #nameOf(channelId: string): string {
    for (const [name, { id }] of this.#channels) if (id === channelId) return name;
    return channelId;
  }
}
