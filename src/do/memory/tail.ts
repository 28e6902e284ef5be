import type { Message } from "../../turn/types";
import type { Tables } from "../sqlite/tables";
import { type Columns, charactersOf, SAID, toMessage } from "./message-rows";

/** The most characters in the cache: about a window of the default size. Many sessions share the memory of a process. */
const MOST = 32_768;
/** If more messages than this are new, the cache begins again: new messages are read at once, and each may be long. */
const MOST_NEW = 8;

/** Caches the newest messages of a transcript: every ask reads them, and only the last exchange is new. */
export class Tail {
  readonly #db: Tables;
  /** Newest first, without gaps. Changes at its beginning make a new list, because a reader may still use the old one. */
  #kept: Message[] = [];
  #characters = 0;

  constructor(db: Tables) {
    this.#db = db;
    db.caches(() => this.forget());
  }

  /** Yields the messages up to a `seq`, newest first. Callers do not change them. */
  *backwards(last: number): Generator<Message> {
    const newest = this.#kept[0]?.seq ?? 0;
    if (last < newest) {
      yield* this.#read(0, last);
      return;
    }
    if (newest === 0 || last - newest > MOST_NEW) this.forget();
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
    this.#kept = [];
    this.#characters = 0;
  }

  /** Adds the messages after the newest one. Drops the oldest ones that exceed the limit. */
  #add(messages: Message[]): void {
    if (messages.length === 0) return;
    this.#kept = [...messages, ...this.#kept];
    this.#characters += messages.reduce((sum, message) => sum + charactersOf(message), 0);
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
