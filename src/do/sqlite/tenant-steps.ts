/**
 * The schema steps of a tenant's database. Never change one: objects that ran it do not run it again.
 *
 * 1: the tenant's directory. `sessions.start`: another one for a session that starts again; `version` counts its updates.
 * `users`: the users of these sessions. `ended`: the starts of sessions that were deleted within the last day.
 */
export const TENANT_STEPS = [
  `
      CREATE TABLE due (task TEXT PRIMARY KEY, at INTEGER, note TEXT) WITHOUT ROWID;
      CREATE TABLE sessions (
        id TEXT PRIMARY KEY,
        start TEXT NOT NULL,
        version INTEGER NOT NULL,
        user TEXT,
        title TEXT,
        messages INTEGER NOT NULL,
        first_at INTEGER NOT NULL,
        last_at INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX sessions_by_time ON sessions (last_at DESC, id);
      CREATE INDEX sessions_by_user ON sessions (user, last_at) WHERE user NOT NULL;
      CREATE TABLE users (id TEXT PRIMARY KEY, sessions INTEGER NOT NULL, last_at INTEGER NOT NULL) WITHOUT ROWID;
      CREATE INDEX users_by_time ON users (last_at DESC, id);
      CREATE TABLE ended (start TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID`,
];
