/** The transcript of a session: queries, and rows to messages and back. */

import { MAX_PAGE } from "../../limits";
import { estimateMessage } from "../../turn/tokens";
import type { FinishedTurn, Message, NewMessage } from "../../turn/types";
import { metaOf, setMeta } from "../sqlite/meta";
import type { Tables } from "../sqlite/tables";
import { FullText } from "./fulltext";
import { type Outline, Outlines } from "./message-cache";
import { type Columns, charactersOf, SAID, SHOWN, toMessage, WITHDRAWN } from "./message-rows";
import { QUIET, traitsOf } from "./traits";

/** Counts of a session; times are milliseconds since 1970, null while it is empty. */
export interface SessionInfo {
  messages: number;
  tokens: number;
  firstAt: number | null;
  lastAt: number | null;
}

/** The `seq` of a turn's question and of its answer. Tool results may stand before and between them. */
export interface TurnPlace {
  questionSeq: number;
  /** Of a running turn: the place that the answer will have. */
  answerSeq: number;
}

/** A message with how its turn ended, where it is an answer. */
export interface StoredMessage extends NewMessage {
  ended?: FinishedTurn;
}

export const answerOf = (finished: FinishedTurn, createdAt: number): StoredMessage => ({
  role: "assistant",
  content: finished.answer,
  toolCalls: finished.toolCalls,
  createdAt,
  ended: finished,
});

export class Messages {
  readonly #db: Tables;
  /** Every message is in it from the moment it is written. */
  readonly index: FullText;
  readonly #outlines: Outlines;

  constructor(db: Tables) {
    this.#db = db;
    this.index = new FullText(db);
    this.#outlines = new Outlines(db);
  }

  /**
   * Appends in order. Call it inside a transaction: it writes row by row.
   * @param turnId the turn that the messages belong to
   * @param gap how many `seq` are left out before them
   */
  append(messages: StoredMessage[], turnId: string | null = null, gap = 0): { firstSeq: number; lastSeq: number } {
    const { last: end, tokens } = this.end();
    const last = end + gap;
    const now = Date.now();
    const speakers = this.#speakers(messages);
    let seq = last;
    let total = tokens;
    for (const message of messages) {
      const { role, name, content, createdAt, toolCalls, toolCallId, ended } = message;
      const cost = message.tokens ?? estimateMessage(message);
      // What functions were called with, and what they returned, is not quoted.
      const isQuiet = role === "tool" || (toolCalls !== undefined && content === "");
      const traits = isQuiet ? QUIET : traitsOf(content, speakers);
      seq += 1;
      total += cost;
      this.#db.write(
        `INSERT INTO messages (seq, turn, role, name, content, tokens, traits, tokens_so_far, created_at, status,
         memory, calls, call_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[seq, turnId, role, name ?? null, content, cost, traits, total, createdAt ?? now],
        ended && ended.status !== "complete" ? ended.status : null,
        ended ? JSON.stringify(ended.memory) : null,
        toolCalls ? JSON.stringify(toolCalls) : null,
        toolCallId ?? null,
      );
      if (!isQuiet) this.index.insert(seq, { content, name, createdAt: createdAt ?? now });
    }
    return { firstSeq: last + 1, lastSeq: seq };
  }

  /**
   * Appends what a turn says before its answer, with that where it is there. Call it inside a transaction.
   * @returns where its question stands, which may be of a turn before it, and where its answer does, or will
   */
  appendTurn(id: string, said: NewMessage[], ...answer: StoredMessage[]): TurnPlace {
    const { firstSeq } = this.append([...said, ...answer], id);
    const answerSeq = firstSeq + said.length;
    const asked = said.at(-1)?.role === "user" ? answerSeq - 1 : this.lastQuestion();
    return { questionSeq: asked ?? firstSeq, answerSeq };
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

  deleteLast(count: number): void {
    const { last } = this.end();
    this.delete(last - count + 1, last);
  }

  /** Deletes the messages from one `seq` to another. Call it inside a transaction. */
  delete(first: number, last: number): void {
    this.forget();
    this.#db.write("DELETE FROM messages WHERE seq BETWEEN ? AND ?", first, last);
    for (let seq = first; seq <= last; seq += 1) this.index.delete(seq);
  }

  /** A page, newest first, of messages before a `seq`: fewer than the limit where they are long. */
  page(before: number | undefined, limit: number): Message[] {
    const query = `${SHOWN} m.seq < ? ORDER BY m.seq DESC LIMIT ?`;
    return this.#fitting(query, before ?? Number.MAX_SAFE_INTEGER, limit);
  }

  /** Messages behind one `seq` up to another, oldest first, one by one. */
  *between(after: number, last: number, limit: number): Generator<Message> {
    const query = `${SHOWN} m.seq > ? AND m.seq <= ? ORDER BY m.seq LIMIT ?`;
    for (const row of this.#db.tuples<Columns>(query, after, last, limit)) yield toMessage(row);
  }

  /** All messages behind so many tokens of the session, up to the last one that is wanted, oldest first. */
  behind(tokens: number, last: number): Message[] {
    const query = "SELECT seq FROM messages WHERE tokens_so_far - tokens < ? ORDER BY seq DESC LIMIT 1";
    const [before] = this.#db.rows<{ seq: number }>(query, tokens);
    return this.#said("m.seq > ? AND m.seq <= ? ORDER BY m.seq", before?.seq ?? 0, last);
  }

  /** Messages up to a `seq`, newest first, one by one. */
  *backwards(last: number): Generator<Message> {
    for (const row of this.#db.tuples<Columns>(`${SAID} m.seq <= ? ORDER BY m.seq DESC`, last)) yield toMessage(row);
  }

  /** The last question, which may be the last message. */
  lastQuestion(): number | undefined {
    const query = "SELECT seq FROM messages WHERE role = 'user' ORDER BY seq DESC LIMIT 1";
    return this.#db.rows<{ seq: number }>(query)[0]?.seq;
  }

  /** Messages by `seq`, in no order. */
  pick(seqs: number[]): Message[] {
    return this.#said("m.seq IN (SELECT value FROM json_each(?))", JSON.stringify(seqs));
  }

  /** Messages by `seq` as a transcript shows them, newest first: fewer than are wanted where they are long. */
  shown(seqs: number[]): Message[] {
    const where = "m.seq IN (SELECT value FROM json_each(?)) ORDER BY m.seq DESC";
    return this.#fitting(`${SHOWN} ${where}`, JSON.stringify(seqs));
  }

  /** Messages by `seq` without their content, oldest first. */
  outline(seqs: number[]): Outline[] {
    return this.#outlines.get(seqs);
  }

  /** In the time that a few rows take: `seq` has no gaps and every row carries the sum so far. */
  info(): SessionInfo {
    const { last, tokens } = this.end();
    const withdrawn = this.#withdrawn();
    const [newest] = this.page(undefined, 1);
    return {
      messages: last - withdrawn.messages,
      tokens: tokens - withdrawn.tokens,
      firstAt: this.#said("m.seq > 0 ORDER BY m.seq LIMIT 1")[0]?.createdAt ?? null,
      lastAt: newest?.createdAt ?? null,
    };
  }

  /** Takes out what was said. Call it inside a transaction. */
  withdraw(messages: Message[]): void {
    const { messages: count, tokens } = this.#withdrawn();
    for (const { seq } of messages) {
      this.#db.write(
        `UPDATE messages SET turn = NULL, content = '', tokens = 0, traits = 0, status = ?, memory = NULL, calls = NULL,
         call_id = NULL WHERE seq = ?`,
        ...[WITHDRAWN, seq],
      );
      this.index.delete(seq);
      this.#outlines.forget(seq);
    }
    const sums = {
      messages: count + messages.length,
      tokens: messages.reduce((sum, message) => sum + message.tokens, tokens),
    };
    setMeta(this.#db, "withdrawn", sums);
  }

  firstQuestion(): Message | undefined {
    return this.#said("m.role = 'user' ORDER BY m.seq LIMIT 1")[0];
  }

  count(): number {
    return this.end().last - this.#withdrawn().messages;
  }

  /** How many messages were taken out, and what they had cost. */
  #withdrawn(): { messages: number; tokens: number } {
    return metaOf(this.#db, "withdrawn") ?? { messages: 0, tokens: 0 };
  }

  /** Empties the cache. Call it after other code changed rows of messages. */
  forget(): void {
    this.#outlines.forget();
  }

  clear(): void {
    this.forget();
    this.#db.write("DELETE FROM messages");
    setMeta(this.#db, "withdrawn", undefined);
    this.index.clear();
  }

  /**
   * The last `seq`, which is how many messages there are, and what they cost together; zero while there are none.
   * @param before of the messages before a `seq`
   */
  end(before = Number.MAX_SAFE_INTEGER): { last: number; tokens: number } {
    const query = "SELECT seq, tokens_so_far FROM messages WHERE seq < ? ORDER BY seq DESC LIMIT 1";
    const [row] = this.#db.rows<{ seq: number; tokens_so_far: number }>(query, before);
    return { last: row?.seq ?? 0, tokens: row?.tokens_so_far ?? 0 };
  }

  /** As many as one reply may carry. */
  #fitting(query: string, ...values: SqlStorageValue[]): Message[] {
    const fitting: Message[] = [];
    let characters = 0;
    for (const row of this.#db.tuples<Columns>(query, ...values)) {
      const message = toMessage(row);
      characters += charactersOf(message);
      if (fitting.length > 0 && characters > MAX_PAGE) break;
      fitting.push(message);
    }
    return fitting;
  }

  #said(where: string, ...values: SqlStorageValue[]): Message[] {
    return Array.from(this.#db.tuples<Columns>(`${SAID} ${where}`, ...values), toMessage);
  }
}
