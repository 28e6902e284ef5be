/**
 * The schemas of the objects' databases, as numbered steps. A user's database has a session's tables and its own.
 *
 * Append-only: never change a deployed step, because objects that ran it do not run it again.
 * Cloudflare bills rows written, so rare values are columns, not tables.
 */
import { FACT_VERSIONS } from "./fact-versions-step";

interface Migration {
  version: number;
  what: string;
  sql: string;
}

const TOKENIZE = `tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"`;

/**
 * Returns SQL that plans the task `reindex` if a table has rows. A step whose code indexes texts in another way needs it.
 * Its note is the first message to index again, and the last one that was indexed before this step. It is due at once: at
 * the first millisecond, because an alarm cannot have the time 0.
 */
const planReindex = (table: "messages" | "facts") => `INSERT OR REPLACE INTO due (task, at, note)
  SELECT 'reindex', 1, json_object('next', 1, 'last', (SELECT coalesce(max(seq), 0) FROM messages))
  WHERE EXISTS (SELECT 1 FROM ${table})`;

const migrations: Migration[] = [
  {
    version: 1,
    what: "messages, turns, full-text index",
    sql: `
      CREATE TABLE messages (
        seq INTEGER PRIMARY KEY,
        turn TEXT,
        role TEXT NOT NULL,
        name TEXT,
        content TEXT NOT NULL,
        tokens INTEGER NOT NULL,
        -- what it looks like, as bits: see recall/traits.ts
        traits INTEGER NOT NULL,
        -- tokens of this and all earlier messages, so that no query has to add them up
        tokens_so_far INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        -- of an answer: how its turn ended, NULL for complete, and what of the memory it was given
        status TEXT,
        memory TEXT
      );
      -- WITHOUT ROWID: one row written a turn, not two. Rows are kept small, because every look-up compares whole ones.
      CREATE TABLE turns (
        id TEXT PRIMARY KEY,
        question_seq INTEGER NOT NULL,
        -- what has come so far of a turn that runs
        partial TEXT,
        model TEXT,
        finish_reason TEXT,
        prompt_tokens INTEGER NOT NULL DEFAULT 0,
        completion_tokens INTEGER NOT NULL DEFAULT 0,
        idempotency_key TEXT,
        fingerprint TEXT,
        created_at INTEGER NOT NULL,
        finished_at INTEGER
      ) WITHOUT ROWID;
      CREATE INDEX turns_by_key ON turns (idempotency_key) WHERE idempotency_key IS NOT NULL;
      -- without a copy of the content: the messages have it
      CREATE VIRTUAL TABLE messages_fts USING fts5(content, name, content = '', contentless_delete = 1,
        ${TOKENIZE});`,
  },
  {
    version: 2,
    what: "what the object does later",
    sql: "CREATE TABLE due (task TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID",
  },
  {
    version: 3,
    what: "vectors of the messages, 64 to a row, and their signs alone",
    sql: `CREATE TABLE vectors (block INTEGER PRIMARY KEY, data BLOB NOT NULL);
      CREATE TABLE signs (block INTEGER PRIMARY KEY, data BLOB NOT NULL)`,
  },
  {
    version: 4,
    what: "calls of functions, their results, and so answers that do not stand right behind their question",
    sql: `
      -- of an assistant's message: the functions that it calls, as JSON; of a tool's: the call that it answers
      ALTER TABLE messages ADD COLUMN calls TEXT;
      ALTER TABLE messages ADD COLUMN call_id TEXT;
      -- where the answer stands, or will stand; NULL for right behind the question
      ALTER TABLE turns ADD COLUMN answer_seq INTEGER`,
  },
  {
    version: 5,
    what: "what a task needs to know, also while it is not due: then its time is NULL",
    sql: `ALTER TABLE due RENAME TO due_before;
      CREATE TABLE due (task TEXT PRIMARY KEY, at INTEGER, note TEXT) WITHOUT ROWID;
      INSERT INTO due (task, at) SELECT task, at FROM due_before;
      DROP TABLE due_before`,
  },
  {
    version: 6,
    what: "messages whose vectors were emptied, and are to be made again",
    sql: "CREATE TABLE stale_vectors (seq INTEGER PRIMARY KEY)",
  },
  {
    version: 7,
    what: "the index by version 2.0.0 is rebuilt by a task; tables of its unfinished imports are deleted",
    sql: `${planReindex("messages")};
      DROP TABLE IF EXISTS staged_messages_fts;
      DROP TABLE IF EXISTS staged_messages;
      DROP TABLE IF EXISTS staged_turns;
      DROP TABLE IF EXISTS staged_vectors;
      DROP TABLE IF EXISTS staged_signs;
      DROP TABLE IF EXISTS staged_due`,
  },
];

/** The steps of a user's database after those of a session's. */
const userMigrations: Migration[] = [
  {
    version: 1,
    what: "the user's sessions, where their messages stand, facts",
    sql: `
      CREATE TABLE sessions (
        id TEXT PRIMARY KEY,
        -- a session that begins anew has another life; gone: the last one that was deleted, and when
        life TEXT NOT NULL,
        gone TEXT,
        gone_at INTEGER,
        -- up to which of its messages it was told; how many of them are here
        told INTEGER NOT NULL DEFAULT 0,
        messages INTEGER NOT NULL DEFAULT 0,
        title TEXT,
        first_at INTEGER,
        last_at INTEGER
      ) WITHOUT ROWID;
      -- messages of one session that stand one after the other, here and there: behind is the seq before the first, there
      CREATE TABLE runs (
        first INTEGER PRIMARY KEY,
        last INTEGER NOT NULL,
        session TEXT NOT NULL,
        behind INTEGER NOT NULL
      );
      CREATE TABLE facts (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        text TEXT NOT NULL,
        tokens INTEGER NOT NULL,
        session TEXT,
        seq INTEGER,
        -- whether the model learnt it, which then goes with its session
        learnt INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL
      );
      CREATE VIRTUAL TABLE facts_fts USING fts5(content, content = '', contentless_delete = 1,
        ${TOKENIZE});`,
  },
  {
    version: 2,
    what: "titles that somebody gave",
    sql: "ALTER TABLE sessions ADD COLUMN named TEXT",
  },
  {
    version: 3,
    what: "epochs instead of lives and the times of deletions; where a session's messages stand, by session",
    sql: `
      DELETE FROM sessions WHERE gone = life;
      ALTER TABLE sessions DROP COLUMN gone;
      ALTER TABLE sessions DROP COLUMN gone_at;
      ALTER TABLE sessions RENAME COLUMN life TO epoch;
      -- when the session last asked for its epoch, by the clock of the user's object; NULL for sessions before this step
      ALTER TABLE sessions ADD COLUMN opened_at INTEGER;
      DELETE FROM meta WHERE key = 'deleted_at';
      CREATE INDEX runs_by_session ON runs (session, behind)`,
  },
  {
    version: 4,
    what: "the index of facts is rebuilt too, also of users without messages",
    sql: planReindex("facts"),
  },
  {
    version: 5,
    what: "versions of facts, with all their sources and the time span in which they are true",
    sql: FACT_VERSIONS,
  },
];

/** The object that owns a database. */
export type Kind = "session" | "user" | "tenant";

/** The key of each list of steps, and the number of its last one. A tenant's object has no tables yet. */
const KNOWN: Record<Kind, Record<string, number>> = {
  session: { schema: migrations.length },
  user: { schema: migrations.length, user_schema: userMigrations.length },
  tenant: {},
};

/** Returns whether an object has tables. */
export const hasTables = (sql: SqlStorage) =>
  sql.exec("SELECT name FROM sqlite_master WHERE name = 'meta'").toArray().length > 0;

/** Returns whether an object ran a step that this code does not know, as after a rollback to an earlier version. */
export function isNewer(sql: SqlStorage, kind: Kind): boolean {
  if (!hasTables(sql)) return false;
  const query = "SELECT key, value FROM meta WHERE key = 'schema' OR key LIKE '%\\_schema' ESCAPE '\\'";
  const steps = sql.exec<{ key: string; value: number }>(query).toArray();
  return steps.some(({ key, value }) => value > (KNOWN[kind][key] ?? 0));
}

/**
 * Brings the storage to the newest schema, each step in a transaction with its number.
 * @returns whether a step ran
 */
export function migrate(storage: DurableObjectStorage, kind: Kind): boolean {
  storage.sql.exec("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID");
  const isChanged = step(storage, "schema", migrations);
  return (kind === "user" && step(storage, "user_schema", userMigrations)) || isChanged;
}

/** @param key of `meta`, with the number of the last step @returns whether a step ran */
function step(storage: DurableObjectStorage, key: string, steps: Migration[]): boolean {
  const { sql } = storage;
  const [row] = sql.exec<{ value: number }>("SELECT value FROM meta WHERE key = ?", key).toArray();
  const current = row?.value ?? 0;
  for (const migration of steps) {
    if (migration.version <= current) continue;
    storage.transactionSync(() => {
      sql.exec(migration.sql);
      sql.exec("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", key, migration.version);
    });
  }
  return current < steps.length;
}
