/** The transcript of a session: queries, and rows to messages and back. */

import { estimateMessage } from "../../turn/tokens";
import type { Message, NewMessage, Role, TurnStatus } from "../../turn/types";
import { FullText } from "../recall/fulltext";

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
  readonly #sql: SqlStorage;
  /** Every message is in it from the moment it is written. */
  readonly index: FullText;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.index = new FullText(sql);
  }

  /** Appends in order. Call it inside a transaction: it writes row by row. */
  append(messages: NewMessage[], turnId: string | null = null): { firstSeq: number; lastSeq: number } {
    const { last, tokens } = this.end();
    const now = Date.now();
    let seq = last;
    let soFar = tokens;
    for (const { role, name, content, createdAt } of messages) {
      const cost = estimateMessage({ name, content });
      seq += 1;
      soFar += cost;
      this.#sql.exec(
        "INSERT INTO messages (seq, turn, role, name, content, tokens, tokens_so_far, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        ...[seq, turnId, role, name ?? null, content, cost, soFar, createdAt ?? now],
      );
      this.index.insert(seq, { content, name, createdAt: createdAt ?? now });
    }
    return { firstSeq: last + 1, lastSeq: seq };
  }

  /** Deletes the last message. */
  deleteLast(seq: number): void {
    this.#sql.exec("DELETE FROM messages WHERE seq = ?", seq);
    this.index.delete(seq);
  }

  /** Another content for a message, and the sums of all messages from it on. */
  replace(seq: number, content: string): void {
    const old = this.get(seq);
    if (!old) return;
    const tokens = estimateMessage({ name: old.name, content });
    this.#sql.exec("UPDATE messages SET content = ?, tokens = ? WHERE seq = ?", content, tokens, seq);
    this.#sql.exec("UPDATE messages SET tokens_so_far = tokens_so_far + ? WHERE seq >= ?", tokens - old.tokens, seq);
    this.index.delete(seq);
    this.index.insert(seq, { content, name: old.name, createdAt: old.createdAt });
  }

  /** A page, newest first, of messages before a `seq`. */
  page(before: number | undefined, limit: number): Message[] {
    return this.#sql
      .exec<Row>(`${SELECT} WHERE m.seq < ? ORDER BY m.seq DESC LIMIT ?`, before ?? Number.MAX_SAFE_INTEGER, limit)
      .toArray()
      .map(toMessage);
  }

  /** Messages, newest first; use the cursor up before the next await. */
  *newestFirst(): Generator<Message> {
    for (const row of this.#sql.exec<Row>(`${SELECT} ORDER BY m.seq DESC`)) yield toMessage(row);
  }

  /** The newest messages, oldest of them first. */
  newest(count: number): Message[] {
    return this.page(undefined, count).reverse();
  }

  /** Messages by `seq`, in no order. */
  pick(seqs: number[]): Message[] {
    const wanted = JSON.stringify(seqs);
    return this.#sql
      .exec<Row>(`${SELECT} WHERE m.seq IN (SELECT value FROM json_each(?))`, wanted)
      .toArray()
      .map(toMessage);
  }

  /** Messages by `seq` without their content, oldest first. */
  outline(seqs: number[]): Outline[] {
    return this.#sql
      .exec<{ seq: number; tokens: number; createdAt: number; name: string; asks: number }>(
        `SELECT seq, tokens, created_at AS createdAt, coalesce(name, '') AS name,
         substr(rtrim(content), -1) IN ('?', '？', '؟') AS asks FROM messages
         WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq`,
        JSON.stringify(seqs),
      )
      .toArray();
  }

  get(seq: number): Message | undefined {
    return this.#sql.exec<Row>(`${SELECT} WHERE m.seq = ?`, seq).toArray().map(toMessage)[0];
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
  clear(): { deleted: number } {
    const deleted = this.end().last;
    this.#sql.exec("DELETE FROM messages");
    this.index.clear();
    return { deleted };
  }

  /** The last `seq`, which is how many messages there are, and what they cost together; zero while there are none. */
  end(): { last: number; tokens: number } {
    const [row] = this.#sql
      .exec<{ seq: number; tokens_so_far: number }>("SELECT seq, tokens_so_far FROM messages ORDER BY seq DESC LIMIT 1")
      .toArray();
    return { last: row?.seq ?? 0, tokens: row?.tokens_so_far ?? 0 };
  }
}
