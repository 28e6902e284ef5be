/**
 * Maps the messages of a user's sessions to their places in the user's copy, which numbers messages as updates arrive.
 *
 * Messages that are consecutive in both are one segment: one row in the table `runs`. A session that continues at the
 * end of the copy extends its segment and adds no row.
 */
import type { Message } from "../../turn/types";
import type { Place } from "../../turn/user-memory";
import type { Range } from "../memory/evidence";
import type { Database } from "../sqlite/database";

interface Segment extends Record<string, SqlStorageValue> {
  /** The first and the last place in the copy. */
  first: number;
  last: number;
  session: string;
  /** The `seq` in the session of the message before the first. */
  behind: number;
}

export class Segments {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Returns the newest segment. */
  get last(): Segment | undefined {
    return this.#db.rows<Segment>("SELECT * FROM runs ORDER BY first DESC LIMIT 1")[0];
  }

  /** Adds a segment, or extends the last one by it. Call it inside a transaction. */
  add({ first, last, session, behind }: Segment): void {
    const before = this.last;
    const isNext =
      before?.session === session && before.last === first - 1 && before.behind - before.first === behind - first;
    if (isNext) this.#db.write("UPDATE runs SET last = ? WHERE first = ?", last, before.first);
    else this.#db.write("INSERT INTO runs VALUES (?, ?, ?, ?)", first, last, session, behind);
  }

  /** Returns the places of a session's messages, oldest first: of all, or from one `seq` of the session to another. */
  rangesOf(session: string, from = 1, to = Number.MAX_SAFE_INTEGER): Range[] {
    // Segments of a session do not overlap, so only the last one that begins before `from` can reach into the range.
    const query = `SELECT * FROM runs WHERE session = ?1 AND behind < ?2 AND behind + last - first + 1 >= ?3
      AND behind >= coalesce((SELECT max(behind) FROM runs WHERE session = ?1 AND behind < ?3), 0) ORDER BY behind`;
    return this.#db.rows<Segment>(query, session, to, from).map(({ first, last, behind }): Range => {
      const shift = first - behind - 1;
      return [Math.max(first, from + shift), Math.min(last, to + shift)];
    });
  }

  /** Returns session and `seq` of messages, by their place in the copy. */
  placesOf(messages: Pick<Message, "seq">[]): Map<number, Place> {
    const query = `SELECT wanted.value, r.session, r.behind + wanted.value - r.first + 1
      FROM json_each(?) AS wanted
      JOIN runs r ON r.first = (SELECT first FROM runs WHERE first <= wanted.value ORDER BY first DESC LIMIT 1)`;
    const seqs = JSON.stringify(messages.map(({ seq }) => seq));
    const rows = this.#db.tuples<[place: number, sessionId: string, seq: number]>(query, seqs);
    return new Map(Array.from(rows, ([place, sessionId, seq]) => [place, { sessionId, seq }]));
  }

  /** Deletes the oldest segment, or its first places. Call it inside a transaction. @returns the deleted places */
  cutOldest(count: number): Range | undefined {
    const [oldest] = this.#db.rows<Segment>("SELECT * FROM runs ORDER BY first LIMIT 1");
    if (!oldest) return undefined;
    const { first, last, behind } = oldest;
    const cut = Math.min(last, first + count - 1);
    if (cut === last) this.#db.write("DELETE FROM runs WHERE first = ?", first);
    else {
      const update = "UPDATE runs SET first = ?, behind = ? WHERE first = ?";
      this.#db.write(update, cut + 1, behind + cut - first + 1, first);
    }
    return [first, cut];
  }

  /** Deletes the segments of a session. Call it inside a transaction. */
  delete(session: string): void {
    this.#db.write("DELETE FROM runs WHERE session = ?", session);
  }

  /** Deletes all segments. Call it inside a transaction. */
  clear(): void {
    this.#db.write("DELETE FROM runs");
  }
}
