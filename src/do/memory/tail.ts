import { sum } from "../../turn/sum";
import type { Message } from "../../turn/types";
import type { Tables } from "../sqlite/tables";
import { type Columns, charactersOf, SAID, toMessage } from "./message-rows";

/**
 * The most characters in the cache: as many as a window of the default size reads. Many sessions share the memory of a
 * process.
 */
const MOST = 49_152;
/** If more messages than this are new, the cache begins again: new messages are read at once, and each may be long. */
const MOST_NEW = 8;

/** The end of a transcript. */
export interface End {
  last: number;
  tokens: number;
}

/** Caches the newest messages of a transcript: every ask reads them, and only the last exchange is new. */
export class Tail {
  readonly #db: Tables;
  #end: End | undefined;
  /** Newest first, without gaps. Changes at its beginning make a new list, because a reader may still use the old one. */
  #kept: Message[] = [];
  #characters = 0;

  constructor(db: Tables) {
    this.#db = db;
    db.caches(() => this.forget());
  }

  /** See {@link Messages.end}. */
  end(before?: number): End {
    if (before === undefined && this.#end) return this.#end;
    const query = "SELECT seq, tokens_so_far FROM messages WHERE seq < ? ORDER BY seq DESC LIMIT 1";
    const [row] = this.#db.rows<{ seq: number; tokens_so_far: number }>(query, before ?? Number.MAX_SAFE_INTEGER);
    const end = { last: row?.seq ?? 0, tokens: row?.tokens_so_far ?? 0 };
    if (before === undefined) this.#end = end;
    return end;
  }

  /** Sets the end after messages were appended. */
  extend(end: End): void {
    this.#end = end;
  }

  /** Yields the messages up to a `seq`, newest first. Callers do not change them. */
  *backwards(last: number): Generator<Message> {
    const newest = this.#kept[0]?.seq ?? 0;
    if (last < newest) {
      yield* this.#read(0, last);
      return;
    }
    if (newest === 0 || last - newest > MOST_NEW) this.#restart();
    else if (last > newest) this.#add([...this.#read(newest, last)]);
    const kept = this.#kept;
    yield* kept;
    const oldest = kept.at(-1)?.seq ?? last + 1;
    if (oldest === 1) return;
    let keeps = true;
    for (const message of this.#read(0, oldest - 1)) {
      if (keeps) keeps = kept === this.#kept && this.#keep(message);
      yield message;
    }
  }

  /** Empties the cache. Call it after messages were changed or deleted. */
  forget(): void {
    this.#restart();
    this.#end = undefined;
  }

  #restart(): void {
    this.#kept = [];
    this.#characters = 0;
  }

  /** Adds the messages after the newest one. Drops the oldest ones that exceed the limit. */
  #add(messages: Message[]): void {
    if (messages.length === 0) return;
    this.#kept = [...messages, ...this.#kept];
    this.#characters += sum(messages, charactersOf);
    for (let oldest = this.#kept.at(-1); oldest && this.#characters > MOST; oldest = this.#kept.at(-1)) {
      this.#characters -= charactersOf(oldest);
      this.#kept.pop();
    }
  }

  /** Adds the message before the oldest one. @returns whether it fits */
  #keep(message: Message): boolean {
    const characters = this.#characters + charactersOf(message);
    if (characters > MOST) return false;
    this.#characters = characters;
    this.#kept.push(message);
    return true;
  }

  *#read(after: number, last: number): Generator<Message> {
    const query = `${SAID} m.seq > ? AND m.seq <= ? ORDER BY m.seq DESC`;
    for (const row of this.#db.tuples<Columns>(query, after, last)) yield toMessage(row);
  }
}
