/** The transcript of a session: queries, and rows to messages and back. */

import { MAX_PAGE } from "../../limits";
import { estimateMessage } from "../../turn/tokens";
import type { FinishedTurn, Message, NewMessage, Role, TurnStatus } from "../../turn/types";
import { FullText } from "../recall/fulltext";
import { traitsOf } from "../recall/traits";
import type { Tables } from "./tables";

/** How many outlines are kept: some megabytes at most. */
const MAX_OUTLINES = 20_000;

const select = (turn: string, status: string) =>
  `SELECT m.seq, ${turn}, m.role, m.name, m.content, m.tokens, m.created_at, ${status} FROM messages m`;

/** As a prompt needs them: without their turns, which takes a look-up less for each question. */
const SAID = select("NULL", "coalesce(m.status, 'complete')");

/** As a transcript shows them: a question's status is that of its answer, which is the message after it. */
const SHOWN = select(
  "m.turn",
  `CASE WHEN m.turn IS NULL OR m.role = 'assistant' THEN coalesce(m.status, 'complete') ELSE coalesce(
    (SELECT coalesce(a.status, 'complete') FROM messages a WHERE a.seq = m.seq + 1 AND a.turn = m.turn), 'running') END`,
);

type Columns = [
  seq: number,
  turn: string | null,
  role: Role,
  name: string | null,
  content: string,
  tokens: number,
  createdAt: number,
  status: TurnStatus,
];

const toMessage = ([seq, turn, role, name, content, tokens, createdAt, status]: Columns): Message => ({
  seq,
  role,
  ...(name !== null && { name }),
  content,
  tokens,
  createdAt,
  ...(turn !== null && { turnId: turn }),
  status,
});

/** Counts of a session; times are milliseconds since 1970, null while it is empty. */
export interface SessionInfo {
  messages: number;
  tokens: number;
  firstAt: number | null;
  lastAt: number | null;
}

/** What ranking needs to know of a message. */
export interface Outline {
  seq: number;
  tokens: number;
  createdAt: number;
  name: string;
  /** What it looks like, as bits. */
  traits: number;
}

/** A message with how its turn ended, where it is an answer. */
export interface StoredMessage extends NewMessage {
  ended?: FinishedTurn;
}

export class Messages {
  readonly #db: Tables;
  /** Every message is in it from the moment it is written. */
  readonly index: FullText;
  /** Those that were read: the messages of a long session lie far apart on disk, and questions come back to some of them. */
  readonly #outlines = new Map<number, Outline>();

  constructor(db: Tables) {
    this.#db = db;
    this.index = new FullText(db);
  }

  /**
   * Appends in order. Call it inside a transaction: it writes row by row.
   * @param turnId the turn that the messages belong to
   */
  append(messages: StoredMessage[], turnId: string | null = null): { firstSeq: number; lastSeq: number } {
    const { last, tokens } = this.end();
    const now = Date.now();
    const speakers = this.#speakers(messages);
    let seq = last;
    let total = tokens;
    for (const { role, name, content, createdAt, tokens: known, ended } of messages) {
      const cost = known ?? estimateMessage({ name, content });
      seq += 1;
      total += cost;
      this.#db.write(
        `INSERT INTO messages (seq, turn, role, name, content, tokens, traits, tokens_so_far, created_at, status,
         memory) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[seq, turnId, role, name ?? null, content, cost, traitsOf(content, speakers), total, createdAt ?? now],
        ended && ended.status !== "complete" ? ended.status : null,
        ended ? JSON.stringify(ended.memory) : null,
      );
      this.index.insert(seq, { content, name, createdAt: createdAt ?? now });
    }
    return { firstSeq: last + 1, lastSeq: seq };
  }

  /** The names of those who speak in these messages and shortly before, in lower case, word by word. */
  #speakers(messages: StoredMessage[]): Set<string> {
    const names = messages.flatMap(({ name }) => name ?? []);
    if (names.length > 0) {
      const query =
        "SELECT DISTINCT name FROM (SELECT name FROM messages ORDER BY seq DESC LIMIT 20) WHERE name NOT NULL";
      names.push(...this.#db.rows<{ name: string }>(query).map(({ name }) => name));
    }
    return new Set(names.flatMap((name) => name.toLowerCase().split(/\s+/)));
  }

  /** Deletes the last messages. */
  deleteLast(count: number): void {
    this.forget();
    const { last } = this.end();
    for (let seq = last; seq > last - count; seq -= 1) {
      this.#db.write("DELETE FROM messages WHERE seq = ?", seq);
      this.index.delete(seq);
    }
  }

  /** A page, newest first, of messages before a `seq`: fewer than the limit where they are long. */
  page(before: number | undefined, limit: number): Message[] {
    const query = `${SHOWN} WHERE m.seq < ? ORDER BY m.seq DESC LIMIT ?`;
    const page: Message[] = [];
    let characters = 0;
    for (const row of this.#db.tuples<Columns>(query, before ?? Number.MAX_SAFE_INTEGER, limit)) {
      const message = toMessage(row);
      characters += message.content.length;
      if (page.length > 0 && characters > MAX_PAGE) break;
      page.push(message);
    }
    return page;
  }

  /** Messages behind one `seq` up to another, oldest first, one by one. */
  *between(after: number, last: number, limit: number): Generator<Message> {
    const query = `${SHOWN} WHERE m.seq > ? AND m.seq <= ? ORDER BY m.seq LIMIT ?`;
    for (const row of this.#db.tuples<Columns>(query, after, last, limit)) yield toMessage(row);
  }

  /** All messages behind so many tokens of the session, oldest first. */
  behind(tokens: number): Message[] {
    const query = "SELECT seq FROM messages WHERE tokens_so_far - tokens < ? ORDER BY seq DESC LIMIT 1";
    const [before] = this.#db.rows<{ seq: number }>(query, tokens);
    return this.#said("WHERE m.seq > ? ORDER BY m.seq", before?.seq ?? 0);
  }

  /** Messages by `seq`, in no order. */
  pick(seqs: number[]): Message[] {
    return this.#said("WHERE m.seq IN (SELECT value FROM json_each(?))", JSON.stringify(seqs));
  }

  /** Messages by `seq` without their content, oldest first. */
  outline(seqs: number[]): Outline[] {
    if (this.#outlines.size > MAX_OUTLINES) this.#outlines.clear();
    const missing = seqs.filter((seq) => !this.#outlines.has(seq));
    if (missing.length > 0) for (const outline of this.#readOutlines(missing)) this.#outlines.set(outline.seq, outline);
    return seqs
      .toSorted((a, b) => a - b)
      .flatMap((seq) => {
        const outline = this.#outlines.get(seq);
        return outline ? [outline] : [];
      });
  }

  /** All in one row of the query, because each row costs more than what it holds. */
  #readOutlines(seqs: number[]): Outline[] {
    const [row] = this.#db.rows<{ outlines: string }>(
      `SELECT json_group_array(json_object('seq', seq, 'tokens', tokens, 'createdAt', created_at,
         'name', coalesce(name, ''), 'traits', traits)) AS outlines
       FROM messages WHERE seq IN (SELECT value FROM json_each(?))`,
      JSON.stringify(seqs),
    );
    return row ? JSON.parse(row.outlines) : [];
  }

  get(seq: number): Message | undefined {
    return this.#said("WHERE m.seq = ?", seq)[0];
  }

  /** In the time that one row takes: `seq` has no gaps and every row carries the sum so far. */
  info(): SessionInfo {
    const { last, tokens } = this.end();
    return {
      messages: last,
      tokens,
      firstAt: this.get(1)?.createdAt ?? null,
      lastAt: this.get(last)?.createdAt ?? null,
    };
  }

  /** Forgets what it knows of messages that are gone. */
  forget(): void {
    this.#outlines.clear();
  }

  /** Deletes all. */
  clear(): void {
    this.forget();
    this.#db.write("DELETE FROM messages");
    this.index.clear();
  }

  /** The last `seq`, which is how many messages there are, and what they cost together; zero while there are none. */
  end(): { last: number; tokens: number } {
    const [row] = this.#db.rows<{ seq: number; tokens_so_far: number }>(
      "SELECT seq, tokens_so_far FROM messages ORDER BY seq DESC LIMIT 1",
    );
    return { last: row?.seq ?? 0, tokens: row?.tokens_so_far ?? 0 };
  }

  #said(where: string, ...values: SqlStorageValue[]): Message[] {
    return Array.from(this.#db.tuples<Columns>(`${SAID} ${where}`, ...values), toMessage);
  }
}
