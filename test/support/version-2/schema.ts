/** The schema of version 2.0.0: the steps that its objects ran. */

const TOKENIZE = `tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"`;

/** The steps of a session, which a user ran too. */
export const SESSION_STEPS = [
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
  "CREATE TABLE due (task TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID",
  `CREATE TABLE vectors (block INTEGER PRIMARY KEY, data BLOB NOT NULL);
      CREATE TABLE signs (block INTEGER PRIMARY KEY, data BLOB NOT NULL)`,
  `
      ALTER TABLE messages ADD COLUMN calls TEXT;
      ALTER TABLE messages ADD COLUMN call_id TEXT;
      ALTER TABLE turns ADD COLUMN answer_seq INTEGER`,
  `ALTER TABLE due RENAME TO due_before;
      CREATE TABLE due (task TEXT PRIMARY KEY, at INTEGER, note TEXT) WITHOUT ROWID;
      INSERT INTO due (task, at) SELECT task, at FROM due_before;
      DROP TABLE due_before`,
];

/** The further steps of a user. */
export const USER_STEPS = [
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
  "ALTER TABLE sessions ADD COLUMN named TEXT",
];
