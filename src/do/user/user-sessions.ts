/** The sessions of a user: the rows of their directory. */
import type { Database } from "../sqlite/database";

/** Of which life of a session something is; one that begins anew after it was deleted has another. */
export interface Life {
  id: string;
  /** When it began, in milliseconds since 1970. */
  since: number;
}

interface Row extends Record<string, SqlStorageValue> {
  id: string;
  life: string;
  gone: string | null;
  told: number;
  messages: number;
  title: string | null;
  named: string | null;
  first_at: number | null;
  last_at: number | null;
}

/** A session as its user's object lists it; times are milliseconds since 1970. */
export interface ListedSession {
  sessionId: string;
  /** As somebody named it, else the beginning of its first question; null while there is neither. */
  title: string | null;
  messages: number;
  firstAt: number;
  lastAt: number;
}

/** Behind which session a page begins. */
export interface Cursor {
  lastAt: number;
  sessionId: string;
}

/** What a session has, once more was told of it. */
interface Told {
  told: number;
  messages: number;
  title: string | null;
  firstAt: number | null;
  lastAt: number | null;
}

export class Directory {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get(sessionId: string): Row | undefined {
    return this.#db.rows<Row>("SELECT * FROM sessions WHERE id = ?", sessionId)[0];
  }

  /** Lists a session before it has told anything, so that it is known when its user is deleted. */
  open(sessionId: string, life: string): void {
    const row = this.get(sessionId);
    if (row && row.gone !== row.life) return;
    this.#db.transaction(() => this.put(sessionId, life, NOTHING));
  }

  /** Call it inside a transaction. */
  put(sessionId: string, life: string, { told, messages, title, firstAt, lastAt }: Told): void {
    this.#db.write(
      `INSERT INTO sessions (id, life, told, messages, title, first_at, last_at) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET life = excluded.life, told = excluded.told, messages = excluded.messages,
       title = excluded.title, first_at = excluded.first_at, last_at = excluded.last_at,
       named = CASE WHEN life = excluded.life THEN named END`,
      ...[sessionId, life, told, messages, title, firstAt, lastAt],
    );
  }

  rename(sessionId: string, title: string): void {
    this.#db.transaction(() => this.#db.write("UPDATE sessions SET named = ? WHERE id = ?", title, sessionId));
  }

  /** Marks a life of a session as deleted, so that what is told of it late is refused. Call it inside a transaction. */
  close(sessionId: string, life: string): void {
    this.#db.write(
      `INSERT INTO sessions (id, life, gone, gone_at) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
       gone = excluded.gone, gone_at = excluded.gone_at, told = 0, messages = 0, title = NULL, named = NULL,
       first_at = NULL, last_at = NULL`,
      ...[sessionId, life, life, Date.now()],
    );
  }

  /** Call it inside a transaction. */
  delete(sessionId: string): void {
    this.#db.write("DELETE FROM sessions WHERE id = ?", sessionId);
  }

  /** Call it inside a transaction. */
  clear(): void {
    this.#db.write("DELETE FROM sessions");
  }

  /** Forgets which sessions were deleted before a time: nothing of them is on its way any more. */
  tidy(before: number): void {
    this.#db.transaction(() => this.#db.write("DELETE FROM sessions WHERE gone = life AND gone_at < ?", before));
  }

  /** A page, those first in which something was said last. */
  list(limit: number, after: Cursor = { lastAt: Number.MAX_SAFE_INTEGER, sessionId: "" }): ListedSession[] {
    const query = `SELECT * FROM sessions WHERE messages > 0 AND (last_at < ?1 OR (last_at = ?1 AND id > ?2))
      ORDER BY last_at DESC, id LIMIT ?3`;
    return this.#db.rows<Row>(query, after.lastAt, after.sessionId, limit).map((row) => ({
      sessionId: row.id,
      title: row.named ?? row.title,
      messages: row.messages,
      firstAt: row.first_at ?? 0,
      lastAt: row.last_at ?? 0,
    }));
  }

  /** Those that are not deleted, with what they have here. */
  left(limit: number): { id: string; messages: number }[] {
    return this.#db.rows("SELECT id, messages FROM sessions WHERE gone IS NOT life LIMIT ?", limit);
  }
}

const NOTHING: Told = { told: 0, messages: 0, title: null, firstAt: null, lastAt: null };
