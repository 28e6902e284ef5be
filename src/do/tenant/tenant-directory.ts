/**
 * The directory of a tenant: its sessions and their users.
 *
 * Updates may arrive late. A session counts its updates since its start, so that an earlier one does not overwrite a
 * later one. A start that has ended is kept for a day, so that a late update does not list a deleted session again.
 */
import { Database } from "../sqlite/database";
import { Schedule } from "../sqlite/schedule";
import type { DirectorySession, DirectoryUpdate, DirectoryUser, PageCursor } from "./directory-entry";

/** Milliseconds for which an ended start is kept: far longer than a call takes. */
const ENDED_MS = 86_400_000;
/** The most ended starts that one alarm deletes. */
const BATCH = 100_000;
/** The most bytes of the database, of the 10 GB that it may have, and the sessions that are dropped at once beyond them. */
const MAX_BYTES = 8_000_000_000;
const DROPPED = 100;

interface Row extends Record<string, SqlStorageValue> {
  id: string;
  start: string;
  version: number;
  user: string | null;
  title: string | null;
  messages: number;
  first_at: number;
  last_at: number;
}

/** The newest entries after a cursor. The first condition makes SQLite begin at the cursor's place in the index. */
const PAGE = "WHERE last_at <= ?1 AND (last_at < ?1 OR id > ?2) ORDER BY last_at DESC, id LIMIT ?3";

export class TenantDirectory {
  readonly #storage: DurableObjectStorage;
  readonly #maxBytes: number;
  readonly #db: Database;
  readonly schedule: Schedule<"tidy">;

  constructor(storage: DurableObjectStorage, maxBytes = MAX_BYTES) {
    this.#storage = storage;
    this.#maxBytes = maxBytes;
    this.#db = new Database(storage, "tenant");
    this.schedule = new Schedule(storage, this.#db);
  }

  /** Stores a session's entry. Ignores an update older than the stored one. @returns false if its start has ended */
  list(update: DirectoryUpdate): boolean {
    const { sessionId, start, version, userId, title, messages, firstAt, lastAt } = update;
    if (this.#db.rows("SELECT at FROM ended WHERE start = ?", start).length > 0) return false;
    const [before] = this.#db.rows<Row>("SELECT * FROM sessions WHERE id = ?", sessionId);
    if (before?.start === start && before.version >= version) return true;
    const { databaseSize } = this.#storage.sql;
    this.#db.transaction(() => {
      this.#db.write(
        "INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        ...[sessionId, start, version, userId, title, messages, firstAt, lastAt],
      );
      const isSame = before?.user === userId;
      if (before && !isSame) this.#count(before.user, -1);
      this.#count(userId, before && isSame ? 0 : 1);
      const size = this.#storage.sql.databaseSize;
      // The file never shrinks: it grows only when no free page is left.
      if (size > this.#maxBytes && size > databaseSize) this.#dropOldest();
    });
    return true;
  }

  /** Removes a session, and refuses late updates that have this start. */
  unlist(sessionId: string, start: string): void {
    const [row] = this.#db.rows<Row>("SELECT * FROM sessions WHERE id = ? AND start = ?", sessionId, start);
    this.#db.transaction(() => {
      this.#db.write("INSERT OR IGNORE INTO ended VALUES (?, ?)", start, Date.now());
      if (!this.schedule.has("tidy")) this.schedule.plan("tidy", Date.now() + ENDED_MS);
      if (row) this.#delete(row);
    });
  }

  /** Returns a page of sessions, the last used first. */
  sessions(limit: number, { lastAt, id }: PageCursor): DirectorySession[] {
    return this.#db.rows<Row>(`SELECT * FROM sessions ${PAGE}`, lastAt, id, limit).map((row) => ({
      sessionId: row.id,
      userId: row.user,
      title: row.title,
      messages: row.messages,
      firstAt: row.first_at,
      lastAt: row.last_at,
    }));
  }

  /** Returns a page of users, the last active first. */
  users(limit: number, { lastAt, id }: PageCursor): DirectoryUser[] {
    return this.#db
      .rows<{ id: string; sessions: number; last_at: number }>(`SELECT * FROM users ${PAGE}`, lastAt, id, limit)
      .map((row) => ({ userId: row.id, sessions: row.sessions, lastAt: row.last_at }));
  }

  /** Deletes starts that ended more than a day ago. @returns when to continue; null if none is left */
  async tidy(): Promise<number | null> {
    const before = Date.now() - ENDED_MS;
    const old = "SELECT start FROM ended WHERE at <= ? LIMIT ?";
    this.#db.transaction(() => this.#db.write(`DELETE FROM ended WHERE start IN (${old})`, before, BATCH));
    if (this.#db.rows(old, before, 1).length > 0) return Date.now();
    return this.#db.rows("SELECT at FROM ended LIMIT 1").length > 0 ? Date.now() + ENDED_MS : null;
  }

  #dropOldest(): void {
    const query = "SELECT * FROM sessions ORDER BY last_at, id DESC LIMIT ?";
    for (const row of this.#db.rows<Row>(query, DROPPED)) this.#delete(row);
  }

  #delete({ id, user }: Row): void {
    this.#db.write("DELETE FROM sessions WHERE id = ?", id);
    this.#count(user, -1);
  }

  /** Counts sessions of a user, and stores the time of the last one. */
  #count(user: string | null, by: number): void {
    if (user === null) return;
    this.#db.write(
      `INSERT INTO users SELECT ?1, ?2, coalesce(max(last_at), 0) FROM sessions WHERE user = ?1
       ON CONFLICT (id) DO UPDATE SET sessions = sessions + ?2, last_at = excluded.last_at`,
      ...[user, by],
    );
    if (by < 0) this.#db.write("DELETE FROM users WHERE id = ? AND sessions < 1", user);
  }
}
