/**
 * The schema of a session's database, as numbered steps.
 *
 * Append-only: a step that was ever deployed is never changed, because objects that ran it do not run it again.
 * Columns of `turns` that a plain ask does not need are there for the bill: rows written count, not columns.
 */
import { FullText } from "../recall/fulltext";

interface Migration {
  version: number;
  what: string;
  run: (storage: DurableObjectStorage) => void;
}

const migrations: Migration[] = [
  {
    version: 1,
    what: "messages, turns",
    run: ({ sql }) => {
      sql.exec(`
        CREATE TABLE messages (
          seq INTEGER PRIMARY KEY,
          turn TEXT,
          role TEXT NOT NULL,
          name TEXT,
          content TEXT NOT NULL,
          tokens INTEGER NOT NULL,
          -- tokens of this and all earlier messages, so that no query has to add them up
          tokens_so_far INTEGER NOT NULL,
          created_at INTEGER NOT NULL
        );
        -- WITHOUT ROWID: one row written a turn, not two
        CREATE TABLE turns (
          id TEXT PRIMARY KEY,
          -- the answer is the message after it
          question_seq INTEGER NOT NULL,
          status TEXT NOT NULL,
          model TEXT,
          finish_reason TEXT,
          prompt_tokens INTEGER NOT NULL DEFAULT 0,
          completion_tokens INTEGER NOT NULL DEFAULT 0,
          memory TEXT,
          idempotency_key TEXT,
          fingerprint TEXT,
          created_at INTEGER NOT NULL,
          finished_at INTEGER
        ) WITHOUT ROWID;
        CREATE INDEX turns_by_key ON turns (idempotency_key) WHERE idempotency_key IS NOT NULL;
      `);
    },
  },
  {
    version: 2,
    what: "full-text index",
    run: ({ sql }) => {
      const index = new FullText(sql);
      index.create();
      const rows = sql.exec<{ seq: number; content: string; name: string | null; created_at: number }>(
        "SELECT seq, content, name, created_at FROM messages",
      );
      for (const { seq, content, name, created_at } of rows) {
        index.insert(seq, { content, name: name ?? undefined, createdAt: created_at });
      }
    },
  },
];

/** Brings the storage to the newest schema, each step in a transaction with its number. */
export function migrate(storage: DurableObjectStorage): void {
  storage.sql.exec("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID");
  const [row] = storage.sql.exec<{ value: number }>("SELECT value FROM meta WHERE key = 'schema'").toArray();
  const current = row?.value ?? 0;
  for (const { version, run } of migrations) {
    if (version <= current) continue;
    storage.transactionSync(() => {
      run(storage);
      storage.sql.exec("INSERT OR REPLACE INTO meta (key, value) VALUES ('schema', ?)", version);
    });
  }
}
