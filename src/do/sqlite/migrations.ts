/**
 * The schemas of the objects' databases, as numbered steps. A user's database has a session's tables and its own.
 *
 * Append-only: never change or move a deployed step, because objects that ran it do not run it again. The number of a step
 * is its place in its list.
 * Cloudflare bills rows written, so rare values are columns, not tables. Comments stand outside the SQL, which is part of
 * the Worker.
 */
import { FACT_VERSIONS } from "./fact-versions-step";
import { TENANT_STEPS } from "./tenant-steps";

const TOKENIZE = `tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"`;

/**
 * Returns SQL that plans the task `reindex` if a table has rows. A step whose code indexes texts in another way needs it.
 * Its note is the first message to index again, and the last one that was indexed before this step. It is due at once: at
 * the first millisecond, because an alarm cannot have the time 0.
 */
const planReindex = (table: "messages" | "facts") => `INSERT OR REPLACE INTO due (task, at, note)
  SELECT 'reindex', 1, json_object('next', 1, 'last', (SELECT coalesce(max(seq), 0) FROM messages))
  WHERE EXISTS (SELECT 1 FROM ${table})`;

const migrations = [
  // 1. Messages, turns and the full-text index.
  // messages.traits: bits, see do/memory/traits.ts. tokens_so_far: the tokens of this and all earlier messages, so that
  // no query adds them up. status: how the turn of an answer ended; NULL for complete. memory: which parts of the memory
  // the prompt of an answer contained.
  // turns is WITHOUT ROWID: a turn writes one row, not two. Its rows are small, because each look-up compares whole rows.
  // partial: the text so far of a running turn.
  // messages_fts contains no copy of the texts.
  `
      CREATE TABLE messages (
        seq INTEGER PRIMARY KEY,
        turn TEXT,
        role TEXT NOT NULL,
        name TEXT,
        content TEXT NOT NULL,
        tokens INTEGER NOT NULL,
        traits INTEGER NOT NULL,
        tokens_so_far INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        status TEXT,
        memory TEXT
      );
      CREATE TABLE turns (
        id TEXT PRIMARY KEY,
        question_seq INTEGER NOT NULL,
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
      CREATE VIRTUAL TABLE messages_fts USING fts5(content, name, content = '', contentless_delete = 1,
        ${TOKENIZE});`,
  // 2. The tasks that the object does later.
  "CREATE TABLE due (task TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID",
  // 3. Vectors of the messages, 64 per row, and their signs.
  `CREATE TABLE vectors (block INTEGER PRIMARY KEY, data BLOB NOT NULL);
      CREATE TABLE signs (block INTEGER PRIMARY KEY, data BLOB NOT NULL)`,
  // 4. Function calls and their results. They stand between a question and its answer.
  // messages.calls: the calls of an assistant's message, as JSON. call_id: the call that a tool's message answers.
  // turns.answer_seq: the place of the answer; NULL if it follows the question directly.
  `
      ALTER TABLE messages ADD COLUMN calls TEXT;
      ALTER TABLE messages ADD COLUMN call_id TEXT;
      ALTER TABLE turns ADD COLUMN answer_seq INTEGER`,
  // 5. Adds notes to tasks, and tasks without a time.
  `ALTER TABLE due RENAME TO due_before;
      CREATE TABLE due (task TEXT PRIMARY KEY, at INTEGER, note TEXT) WITHOUT ROWID;
      INSERT INTO due (task, at) SELECT task, at FROM due_before;
      DROP TABLE due_before`,
  // 6. Messages whose vectors were emptied and must be created again.
  "CREATE TABLE stale_vectors (seq INTEGER PRIMARY KEY)",
  // 7. Plans a task that rebuilds the index of version 2.0.0, and deletes the tables of its unfinished imports.
  `${planReindex("messages")};
      DROP TABLE IF EXISTS staged_messages_fts;
      DROP TABLE IF EXISTS staged_messages;
      DROP TABLE IF EXISTS staged_turns;
      DROP TABLE IF EXISTS staged_vectors;
      DROP TABLE IF EXISTS staged_signs;
      DROP TABLE IF EXISTS staged_due`,
];

/** The steps of a user's database after those of a session's. */
const userMigrations = [
  // 1. The user's sessions, the places of their messages, and facts.
  // sessions.life: a session that starts again has another one. gone, gone_at: the last one that was deleted, and its time.
  // told: messages of the session up to this number were sent to this object. messages: the number of those stored here.
  // runs: consecutive messages of one session. behind: the number, in the session, of the message before the first one.
  // facts.learnt: whether the model learned the fact; it is then deleted with its session.
  `
      CREATE TABLE sessions (
        id TEXT PRIMARY KEY,
        life TEXT NOT NULL,
        gone TEXT,
        gone_at INTEGER,
        told INTEGER NOT NULL DEFAULT 0,
        messages INTEGER NOT NULL DEFAULT 0,
        title TEXT,
        first_at INTEGER,
        last_at INTEGER
      ) WITHOUT ROWID;
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
        learnt INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL
      );
      CREATE VIRTUAL TABLE facts_fts USING fts5(content, content = '', contentless_delete = 1,
        ${TOKENIZE});`,
  // 2. Titles that a person chose.
  "ALTER TABLE sessions ADD COLUMN named TEXT",
  // 3. Epochs instead of lives and times of deletions, and an index of runs by session.
  // opened_at: when the session last requested its epoch, by the clock of the user's object; NULL for earlier sessions.
  `
      DELETE FROM sessions WHERE gone = life;
      ALTER TABLE sessions DROP COLUMN gone;
      ALTER TABLE sessions DROP COLUMN gone_at;
      ALTER TABLE sessions RENAME COLUMN life TO epoch;
      ALTER TABLE sessions ADD COLUMN opened_at INTEGER;
      DELETE FROM meta WHERE key = 'deleted_at';
      CREATE INDEX runs_by_session ON runs (session, behind)`,
  // 4. Rebuilds the index of facts too, also for users without messages.
  planReindex("facts"),
  // 5. Adds versions of facts, with sources and a time span.
  FACT_VERSIONS,
  // 6. Messages of a session that facts are learned from later, as JSON: `from` and `to`. Vectors of facts by version.
  `ALTER TABLE sessions ADD COLUMN backlog TEXT;
      CREATE INDEX sessions_by_backlog ON sessions (last_at) WHERE backlog NOT NULL;
      CREATE TABLE fact_vectors (number INTEGER PRIMARY KEY, model TEXT NOT NULL, data BLOB NOT NULL)`,
];

/** The object that owns a database. */
export type Kind = "session" | "user" | "tenant";

/** The lists of steps of each kind, by the key under which `meta` has the number of the last one. */
const STEPS: Record<Kind, Record<string, string[]>> = {
  session: { schema: migrations },
  user: { schema: migrations, user_schema: userMigrations },
  tenant: { tenant_schema: TENANT_STEPS },
};

/** Returns whether an object has tables. */
export const hasTables = (sql: SqlStorage) =>
  sql.exec("SELECT name FROM sqlite_master WHERE name = 'meta'").toArray().length > 0;

/** Returns whether an object ran a step that this code does not know, as after a rollback to an earlier version. */
export function isNewer(sql: SqlStorage, kind: Kind): boolean {
  if (!hasTables(sql)) return false;
  const query = "SELECT key, value FROM meta WHERE key LIKE '%schema'";
  const steps = sql.exec<{ key: string; value: number }>(query).toArray();
  return steps.some(({ key, value }) => value > (STEPS[kind][key]?.length ?? 0));
}

/**
 * Brings the storage to the newest schema, each step in a transaction with its number.
 * @returns whether a step ran
 */
export function migrate(storage: DurableObjectStorage, kind: Kind): boolean {
  const { sql } = storage;
  sql.exec("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID");
  let isChanged = false;
  for (const [key, steps] of Object.entries(STEPS[kind])) {
    const [row] = sql.exec<{ value: number }>("SELECT value FROM meta WHERE key = ?", key).toArray();
    for (const [at, step] of steps.entries()) {
      if (at < (row?.value ?? 0)) continue;
      isChanged = true;
      storage.transactionSync(() => {
        sql.exec(step);
        sql.exec("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", key, at + 1);
      });
    }
  }
  return isChanged;
}
