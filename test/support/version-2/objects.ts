/** Stores objects of version 2.0.0: a session, and a user. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { sessionObject, userObject } from "../users";
import { indexText } from "./index-text";
import { SESSION_STEPS, USER_STEPS } from "./schema";
import { BEGIN, createTables, type OldMessage, writeMessages } from "./tables";

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
