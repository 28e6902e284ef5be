/** The transcript of a session: queries, and rows to messages and back. */

import { MAX_PAGE } from "../../limits";
import { estimateMessage } from "../../turn/tokens";
import type { Message, NewMessage, Role, TurnStatus } from "../../turn/types";
import { FullText } from "../recall/fulltext";
import type { Database } from "./database";

type Row = {
  seq: number;
  turn: string | null;
  role: Role;
  name: string | null;
  content: string;
  tokens: number;
  created_at: number;
  status: TurnStatus | null;
};

const SELECT = "SELECT m.*, t.status FROM messages m LEFT JOIN turns t ON t.id = m.turn";

const toMessage = (row: Row): Message => ({
  seq: row.seq,
  role: row.role,
  ...(row.name !== null && { name: row.name }),
  content: row.content,
  tokens: row.tokens,
  createdAt: row.created_at,
  ...(row.turn !== null && { turnId: row.turn }),
  status: row.status ?? "complete",
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
  /** 1 where it ends with a question mark. */
  asks: number;
}

export class Messages {
  readonly #db: Database;
  /** Every message is in it from the moment it is written. */
  readonly index: FullText;

  constructor(db: Database) {
    this.#db = db;
    this.index = new FullText(db);
  }

  /** Appends in order. Call it inside a transaction: it writes row by row. */
  append(messages: NewMessage[], turnId: string | null = null): { firstSeq: number; lastSeq: number } {
    const { last, tokens } = this.end();
    const now = Date.now();
    let seq = last;
    let soFar = tokens;
    for (const { role, name, content, createdAt, tokens: known } of messages) {
      const cost = known ?? estimateMessage({ name, content });
      seq += 1;
      soFar += cost;
      this.#db.write(
        "INSERT INTO messages (seq, turn, role, name, content, tokens, tokens_so_far, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        ...[seq, turnId, role, name ?? null, content, cost, soFar, createdAt ?? now],
      );
      this.index.insert(seq, { content, name, createdAt: createdAt ?? now });
    }
    return { firstSeq: last + 1, lastSeq: seq };
  }

  /** Deletes the last messages. */
  deleteLast(count: number): void {
    const { last } = this.end();
    for (let seq = last; seq > last - count; seq -= 1) {
      this.#db.write("DELETE FROM messages WHERE seq = ?", seq);
      this.index.delete(seq);
    }
  }

  /** A page, newest first, of messages before a `seq`: fewer than the limit where they are long. */
  page(before: number | undefined, limit: number): Message[] {
    const query = `${SELECT} WHERE m.seq < ? ORDER BY m.seq DESC LIMIT ?`;
    const page: Message[] = [];
    let characters = 0;
    for (const row of this.#db.each<Row>(query, before ?? Number.MAX_SAFE_INTEGER, limit)) {
      characters += row.content.length;
      if (page.length > 0 && characters > MAX_PAGE) break;
      page.push(toMessage(row));
    }
    return page;
  }

  /** All messages, oldest first. */
  all(): Message[] {
    return this.#db.rows<Row>(`${SELECT} ORDER BY m.seq`).map(toMessage);
  }

  /** Messages, newest first; use them up before the next await. */
  *newestFirst(): Generator<Message> {
    for (const row of this.#db.each<Row>(`${SELECT} ORDER BY m.seq DESC`)) yield toMessage(row);
  }

  /** Messages by `seq`, in no order. */
  pick(seqs: number[]): Message[] {
    return this.#db
      .rows<Row>(`${SELECT} WHERE m.seq IN (SELECT value FROM json_each(?))`, JSON.stringify(seqs))
      .map(toMessage);
  }

  /** Messages by `seq` without their content, oldest first. */
  outline(seqs: number[]): Outline[] {
    return this.#db.rows<Outline & Record<string, SqlStorageValue>>(
      `SELECT seq, tokens, created_at AS createdAt, coalesce(name, '') AS name,
       substr(rtrim(content), -1) IN ('?', '？', '؟') AS asks FROM messages
       WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq`,
      JSON.stringify(seqs),
    );
  }

  get(seq: number): Message | undefined {
    return this.#db.rows<Row>(`${SELECT} WHERE m.seq = ?`, seq).map(toMessage)[0];
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

  /** Deletes all. */
  clear(): void {
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
}
