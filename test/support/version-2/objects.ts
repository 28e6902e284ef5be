/** Writes storage as version 2.0.0 did: its schema, its rows, its index. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { estimateTokens } from "../../../src/turn/tokens";
import { sessionObject, userObject } from "../users";
import { indexText } from "./index-text";
import { SESSION_STEPS, USER_STEPS } from "./schema";

/** A message of version 2.0.0. Two messages with the same `turn` are a question and its answer. */
export interface OldMessage {
  role: "user" | "assistant";
  content: string;
  turn?: string;
}

/** The time of the first message, long ago; each further message is a minute later. */
const BEGIN = Date.UTC(2025, 0, 1);
const MINUTE_MS = 60_000;

function createTables(sql: SqlStorage, key: string, steps: string[]): void {
  sql.exec("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID");
  for (const [at, step] of steps.entries()) {
    sql.exec(step);
    sql.exec("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", key, at + 1);
  }
}

function writeMessages(sql: SqlStorage, messages: OldMessage[]): void {
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

/** Stores a session of version 2.0.0, and ends its object, so that the next request wakes it with the current code. */
export async function oldSession(
  session: string,
  messages: OldMessage[],
  more: (sql: SqlStorage) => void = () => {},
): Promise<void> {
  await runInDurableObject(sessionObject(session), (_, { storage }) =>
    storage.transactionSync(() => {
      createTables(storage.sql, "schema", SESSION_STEPS);
      writeMessages(storage.sql, messages);
      more(storage.sql);
    }),
  );
  await evictDurableObject(sessionObject(session));
}

/** Stores a user of version 2.0.0 with one session, and ends their object. */
export async function oldUser(user: string, session: string, messages: OldMessage[], facts: string[]): Promise<void> {
  await runInDurableObject(userObject(user), (_, { storage }) =>
    storage.transactionSync(() => {
      const { sql } = storage;
      createTables(sql, "schema", SESSION_STEPS);
      createTables(sql, "user_schema", USER_STEPS);
      writeMessages(sql, messages);
      const count = messages.length;
      sql.exec("INSERT INTO sessions (id, life, told, messages) VALUES (?, 'one', ?, ?)", session, count, count);
      if (count > 0) sql.exec("INSERT INTO runs (first, last, session, behind) VALUES (1, ?, ?, 0)", count, session);
      for (const [at, text] of facts.entries()) {
        sql.exec(
          `INSERT INTO facts (number, id, text, tokens, learnt, created_at, updated_at) VALUES (?, ?, ?, 9, 0, ?, ?)`,
          ...[at + 1, `fact-${at + 1}`, text, BEGIN, BEGIN],
        );
        sql.exec("INSERT INTO facts_fts (rowid, content) VALUES (?, ?)", at + 1, indexText(text, BEGIN));
      }
    }),
  );
  await evictDurableObject(userObject(user));
}
