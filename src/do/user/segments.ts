/**
 * Where the messages of a user's sessions stand in the user's object, which numbers them in the order in which it was told.
 *
 * Messages that follow each other here and there are one run: a row for many messages, and none more where a session goes on.
 */
import type { Message } from "../../turn/types";
import type { Place } from "../../turn/user-memory";
import type { Range } from "../memory/evidence";
import type { Database } from "../sqlite/database";

interface Run extends Record<string, SqlStorageValue> {
  /** The first and the last `seq` here. */
  first: number;
  last: number;
  session: string;
  /** The `seq` before the first, in the session. */
  behind: number;
}

export class Runs {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get last(): Run | undefined {
    return this.#db.rows<Run>("SELECT * FROM runs ORDER BY first DESC LIMIT 1")[0];
  }

  /** Notes where a session's messages, which follow each other there, stand here. Call it inside a transaction. */
  add({ first, last, session, behind }: Run): void {
    const before = this.last;
    const goesOn =
      before?.session === session && before.last === first - 1 && before.behind - before.first === behind - first;
    if (goesOn) this.#db.write("UPDATE runs SET last = ? WHERE first = ?", last, before.first);
    else
      this.#db.write(
        "INSERT INTO runs (first, last, session, behind) VALUES (?, ?, ?, ?)",
        first,
        last,
        session,
        behind,
      );
  }

  /** Where the messages of a session stand here, oldest first: all, or those from one `seq` of the session to another. */
  of(session: string, from = 1, to = Number.MAX_SAFE_INTEGER): Range[] {
    // The runs of a session do not overlap, so that none before the last one that begins before `from` has a part in it.
    const query = `SELECT * FROM runs WHERE session = ?1 AND behind < ?2 AND behind + last - first + 1 >= ?3
      AND behind >= coalesce((SELECT max(behind) FROM runs WHERE session = ?1 AND behind < ?3), 0) ORDER BY behind`;
    return this.#db.rows<Run>(query, session, to, from).map(({ first, last, behind }): Range => {
      const shift = first - behind - 1;
      return [Math.max(first, from + shift), Math.min(last, to + shift)];
    });
  }

  /** Where messages that stand here were said. */
  placesOf(messages: Pick<Message, "seq">[]): Map<number, Place> {
    const query = `SELECT wanted.value AS seq, r.session, r.behind + wanted.value - r.first + 1 AS place
      FROM json_each(?) AS wanted
      JOIN runs r ON r.first = (SELECT first FROM runs WHERE first <= wanted.value ORDER BY first DESC LIMIT 1)`;
    const seqs = JSON.stringify(messages.map(({ seq }) => seq));
    const rows = this.#db.rows<{ seq: number; session: string; place: number }>(query, seqs);
    return new Map(rows.map(({ seq, session, place }) => [seq, { sessionId: session, seq: place }]));
  }

  /** Forgets where the oldest messages stood: one run, or its first messages. Call it inside a transaction. @returns where */
  cutOldest(count: number): Range | undefined {
    const [oldest] = this.#db.rows<Run>("SELECT * FROM runs ORDER BY first LIMIT 1");
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

  /** Forgets where a session's messages stood. Call it inside a transaction. */
  delete(session: string): void {
    this.#db.write("DELETE FROM runs WHERE session = ?", session);
  }

  /** Call it inside a transaction. */
  clear(): void {
    this.#db.write("DELETE FROM runs");
  }
}
