/** The transcript of a session: reads and writes its messages. */
import { MAX_PAGE } from "../../limits";
import { estimateMessage } from "../../turn/tokens";
import type { FinishedTurn, Message, NewMessage } from "../../turn/types";
import type { Tables } from "../sqlite/tables";
import { type Outline, Outlines } from "./message-cache";
import { MessageIndex } from "./message-index";
import { type Columns, charactersOf, isQuiet, NOT_QUIET, SAID, SHOWN, toMessage, WITHDRAWN } from "./message-rows";
import { type End, Tail } from "./tail";
import { QUIET, traitsOf } from "./traits";
import { Withdrawn } from "./withdrawn";

/** The counts of a session. Times are milliseconds since 1970, null for an empty session. */
export interface SessionInfo {
  messages: number;
  tokens: number;
  firstAt: number | null;
  lastAt: number | null;
}

/** The `seq` of a turn's question and of its answer. Tool results may come before and between them. */
export interface TurnPlace {
  questionSeq: number;
  /** For a running turn: the `seq` that the answer will get. */
  answerSeq: number;
}

export const answerOf = (finished: FinishedTurn, createdAt: number): NewMessage => ({
  role: "assistant",
  content: finished.answer,
  toolCalls: finished.toolCalls,
  createdAt,
  ended: finished,
});

export class Messages {
  readonly #db: Tables;
  readonly index: MessageIndex;
  readonly #outlines: Outlines;
  readonly #tail: Tail;
  readonly withdrawn: Withdrawn;

  constructor(db: Tables) {
    this.#db = db;
    this.#outlines = new Outlines(db);
    this.#tail = new Tail(db);
    this.index = new MessageIndex(db, this.#tail);
    this.withdrawn = new Withdrawn(db, this.index, this.#outlines, this.#tail);
    db.caches(() => this.forget());
  }

  /**
   * Appends messages in their order, one row each.
   * @param turnId the turn of the messages
   * @param gap the number of `seq` to skip before the messages
   */
  append(messages: NewMessage[], turnId: string | null = null, gap = 0): { firstSeq: number; lastSeq: number } {
    const { last: end, tokens } = this.end();
    const last = end + gap;
    const now = Date.now();
    const speakers = this.#speakers(messages);
    let seq = last;
    let total = tokens;
    const rows: Columns[] = [];
    for (const message of messages) {
      const { role, name = null, content, createdAt = now, toolCalls, toolCallId = null, ended } = message;
      const cost = message.tokens ?? estimateMessage(message);
      const calls = toolCalls ? JSON.stringify(toolCalls) : null;
      const status = ended?.status ?? "complete";
      seq += 1;
      total += cost;
      // As prompts read it: without its turn.
      const row: Columns = [seq, null, role, name, content, cost, createdAt, calls, toolCallId, status];
      rows.push(row);
      this.#db.write(
        `INSERT INTO messages (seq, turn, role, name, content, tokens, created_at, calls, call_id, status, traits,
         tokens_so_far, memory) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, 'complete'), ?, ?, ?)`,
        ...[...row.with(1, turnId), isQuiet(message) ? QUIET : traitsOf(content, speakers), total],
        ended ? JSON.stringify(ended.memory) : null,
      );
    }
    this.#tail.extend({ last: seq, tokens: total }, rows);
    this.index.appended();
    return { firstSeq: last + 1, lastSeq: seq };
  }

  /**
   * Appends the messages of a turn before its answer, and the answer if the turn has one already.
   * @returns the `seq` of the question, which may be of an earlier turn, and the `seq` that the answer has or will get
   */
  appendTurn(id: string, said: NewMessage[], ...answer: NewMessage[]): TurnPlace {
    const { firstSeq } = this.append([...said, ...answer], id);
    const answerSeq = firstSeq + said.length;
    const asked = said.at(-1)?.role === "user" ? answerSeq - 1 : this.lastQuestion();
    return { questionSeq: asked ?? firstSeq, answerSeq };
  }

  /** Returns the words of the speakers' names in these messages and in the last 20 before them, in lower case. */
  #speakers(messages: NewMessage[]): Set<string> {
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

  /** Deletes the messages from one `seq` to another. */
  delete(first: number, last: number): void {
    this.#db.write("DELETE FROM messages WHERE seq BETWEEN ? AND ?", first, last);
    for (let seq = first; seq <= last; seq += 1) this.index.delete(seq);
    this.forget();
  }

  /** Returns a page of messages before a `seq`, newest first; fewer than the limit if they are long. */
  page(before: number | undefined, limit: number): Message[] {
    const query = `${SHOWN} m.seq < ? ORDER BY m.seq DESC LIMIT ?`;
    return this.#fitting(query, before ?? Number.MAX_SAFE_INTEGER, limit);
  }

  /** Returns a page of messages after a `seq`, oldest first; fewer than the limit if they are long. */
  later(after = 0, limit: number): Message[] {
    return this.#fitting(`${SHOWN} m.seq > ? ORDER BY m.seq LIMIT ?`, after, limit);
  }

  /** Yields the messages after one `seq` up to another, oldest first. */
  *between(after: number, last: number, limit: number): Generator<Message> {
    const query = `${SHOWN} m.seq > ? AND m.seq <= ? ORDER BY m.seq LIMIT ?`;
    for (const row of this.#db.tuples<Columns>(query, after, last, limit)) yield toMessage(row);
  }

  /** Returns the messages up to a `seq`, oldest first. */
  upTo(last: number): Message[] {
    return [...this.#tail.backwards(last)].reverse();
  }

  /** Yields the messages up to a `seq`, newest first. */
  backwards(last: number): Generator<Message> {
    return this.#tail.backwards(last);
  }

  /** Returns the `seq` of the last question that was not withdrawn, from one `seq` up to another (exclusive). */
  lastQuestion(from = 0, before = Number.MAX_SAFE_INTEGER): number | undefined {
    const query = `SELECT seq FROM messages WHERE role = 'user' AND seq >= ? AND seq < ?
      AND status IS NOT '${WITHDRAWN}' ORDER BY seq DESC LIMIT 1`;
    return this.#db.rows<{ seq: number }>(query, from, before)[0]?.seq;
  }

  /** Returns messages by `seq`, in any order. */
  pick(seqs: number[]): Message[] {
    return this.#said("m.seq IN (SELECT value FROM json_each(?))", JSON.stringify(seqs));
  }

  /** Returns messages by `seq` as a transcript shows them, newest first; fewer if they are long. */
  shown(seqs: number[]): Message[] {
    const where = "m.seq IN (SELECT value FROM json_each(?)) ORDER BY m.seq DESC";
    return this.#fitting(`${SHOWN} ${where}`, JSON.stringify(seqs));
  }

  /** Returns messages by `seq` without their content, oldest first. */
  outline(seqs: number[]): Outline[] {
    return this.#outlines.get(seqs);
  }

  /** Returns the counts. Reads only a few rows, because `seq` has no gaps and every row stores the sum so far. */
  info(): SessionInfo {
    const [oldest] = this.later(undefined, 1);
    const [newest] = this.page(undefined, 1);
    return {
      messages: this.count(),
      tokens: this.tokens,
      firstAt: oldest?.createdAt ?? null,
      lastAt: newest?.createdAt ?? null,
    };
  }

  /** @param except the first and the last `seq` of messages that do not count */
  firstQuestion([from, to]: [from: number, to: number] = [0, 0]): Message | undefined {
    return this.#said("m.role = 'user' AND m.seq NOT BETWEEN ? AND ? ORDER BY m.seq LIMIT 1", from, to)[0];
  }

  /**
   * Returns the number of messages with text up to a `seq`, without results of functions.
   * @param except the first and the last `seq` of messages that do not count
   */
  spoken(last: number, [from, to]: [from: number, to: number] = [0, 0]): number {
    const query = `SELECT count(*) AS count FROM messages
      WHERE seq <= ? AND seq NOT BETWEEN ? AND ? AND ${NOT_QUIET}`;
    return this.#db.rows<{ count: number }>(query, last, from, to)[0]?.count ?? 0;
  }

  /** Estimated tokens of all messages. */
  get tokens(): number {
    return this.end().tokens - this.withdrawn.sums.tokens;
  }

  count(): number {
    return this.end().last - this.withdrawn.sums.messages;
  }

  /** Empties the caches. Call it after other code has changed rows of messages. */
  forget(): void {
    this.#outlines.forget();
    this.#tail.forget();
    this.index.forget();
  }

  clear(): void {
    this.#db.write("DELETE FROM messages");
    this.forget();
    this.withdrawn.clear();
    this.index.clear();
  }

  /**
   * Returns the last `seq` and the tokens of all messages up to it; 0 without messages.
   * @param before only messages before this `seq`
   */
  end(before?: number): End {
    return this.#tail.end(before);
  }

  /** Returns the first messages of a query that fit one reply. */
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
