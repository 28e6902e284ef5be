/** Writes storage as version 2.0.0 did: its schema, its rows, its index. */
import { estimateTokens } from "../../../src/turn/tokens";
import { indexText } from "./index-text";

/** An open database: of an object, or a file. */
export interface Statements {
  exec(query: string, ...values: (string | number | null)[]): unknown;
}

/** A message of version 2.0.0. Two messages with the same `turn` are a question and its answer. */
export interface OldMessage {
  role: "user" | "assistant";
  content: string;
  turn?: string;
}

/** The time of the first message, long ago; each further message is a minute later. */
export const BEGIN = Date.UTC(2025, 0, 1);
const MINUTE_MS = 60_000;

export function createTables(sql: Statements, key: string, steps: string[]): void {
  sql.exec("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID");
  for (const [at, step] of steps.entries()) {
    sql.exec(step);
    sql.exec("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", key, at + 1);
  }
}

export function writeMessages(sql: Statements, messages: OldMessage[]): void {
  let total = 0;
  for (const [at, { role, content, turn = null }] of messages.entries()) {
    const [seq, tokens, createdAt] = [at + 1, estimateTokens(content) + 4, BEGIN + at * MINUTE_MS];
    total += tokens;
    sql.exec(
      `INSERT INTO messages (seq, turn, role, content, tokens, traits, tokens_so_far, created_at)
       VALUES (?, ?, ?, ?, ?, 0, ?, ?)`,
      ...[seq, turn, role, content, tokens, total, createdAt],
    );
    const words = indexText(content, createdAt);
    sql.exec("INSERT INTO messages_fts (rowid, content, name) VALUES (?, ?, '')", seq, words);
    if (turn === null || role !== "user") continue;
    const insert = "INSERT INTO turns (id, question_seq, created_at, finished_at) VALUES (?, ?, ?, ?)";
    sql.exec(insert, turn, seq, createdAt, createdAt);
  }
}
