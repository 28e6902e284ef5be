/**
 * The sessions of a user.
 *
 * A session has an epoch while it is listed. Deleting the session or the user deletes the row, and with it the epoch:
 * updates that carry an unlisted epoch are refused. So no record of deletions is kept, and no clock is compared.
 */
import type { Database } from "../sqlite/database";
import { type Learning, withoutRange, withRanges } from "./learning";

interface Row extends Record<string, SqlStorageValue> {
  id: string;
  epoch: string;
  told: number;
  messages: number;
  title: string | null;
  named: string | null;
  first_at: number | null;
  last_at: number | null;
  backlog: string | null;
}

const backlogOf = (row: Row | undefined): Learning[] => JSON.parse(row?.backlog ?? "[]");

/** The epoch of a pending task. Version 2.0.0 stored it as the id of a `life`. */
export interface NotedEpoch {
  epoch?: string;
  life?: { id: string };
}

/** Returns the epoch of a pending task; if it has none, an empty one, which no session has. */
export const epochIn = ({ epoch, life }: NotedEpoch): string => epoch ?? life?.id ?? "";

/** A listed session that has sent nothing yet. */
export interface Unwritten {
  id: string;
  epoch: string;
}

/** A listed session. Times are milliseconds since 1970. */
export interface ListedSession {
  sessionId: string;
  /** The title that a client gave it, else the beginning of its first question; null without both. */
  title: string | null;
  messages: number;
  firstAt: number;
  lastAt: number;
}

/** The last session of the page before. */
export interface Cursor {
  lastAt: number;
  sessionId: string;
}

/** The columns that an update of a session changes. */
interface SessionChange {
  told: number;
  messages: number;
  title: string | null;
  firstAt: number | null;
  lastAt: number | null;
}

export class UserSessions {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get(sessionId: string): Row | undefined {
    return this.#db.rows<Row>("SELECT * FROM sessions WHERE id = ?", sessionId)[0];
  }

  /** Returns whether a session is listed with this epoch. */
  has(sessionId: string, epoch: string): boolean {
    return this.get(sessionId)?.epoch === epoch;
  }

  /**
   * Lists a session before it stores anything, so that a deletion of the user finds it. Call it inside a transaction.
   * @returns the epoch that is listed already, or a new one
   */
  open(sessionId: string): string {
    const row = this.get(sessionId);
    if (row && row.told > 0) return row.epoch;
    const epoch = row?.epoch ?? crypto.randomUUID();
    this.#db.write(
      `INSERT INTO sessions (id, epoch, opened_at) VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET opened_at = excluded.opened_at`,
      ...[sessionId, epoch, Date.now()],
    );
    return epoch;
  }

  /** Returns sessions that were listed before a time and have sent nothing since. */
  unwritten(before: number, limit: number): Unwritten[] {
    const query = `SELECT id, epoch FROM sessions WHERE told = 0 AND coalesce(opened_at, 0) < ? LIMIT ?`;
    return this.#db.rows<Row>(query, before, limit);
  }

  /** Deletes a session that was listed before a time, unless it has been used since. Call it inside a transaction. */
  deleteUnwritten({ id, epoch }: Unwritten, before: number): void {
    const query = "DELETE FROM sessions WHERE id = ? AND epoch = ? AND told = 0 AND coalesce(opened_at, 0) < ?";
    this.#db.write(query, id, epoch, before);
  }

  /** Stores the columns of a listed session. Call it inside a transaction. */
  put(sessionId: string, { told, messages, title, firstAt, lastAt }: SessionChange): void {
    this.#db.write(
      "UPDATE sessions SET told = ?, messages = ?, title = ?, first_at = ?, last_at = ? WHERE id = ?",
      ...[told, messages, title, firstAt, lastAt, sessionId],
    );
  }

  /** Sets the title that a client gave a session. */
  rename(sessionId: string, title: string): void {
    this.#db.transaction(() => this.#db.write("UPDATE sessions SET named = ? WHERE id = ?", title, sessionId));
  }

  /** Returns the messages of a session that facts are learned from later. */
  backlogIn(sessionId: string): Learning[] {
    return backlogOf(this.get(sessionId));
  }

  /** Adds messages of a session that facts are learned from later. Call it inside a transaction. */
  addBacklog(sessionId: string, added: Learning[]): void {
    this.#setBacklog(sessionId, withRanges(this.backlogIn(sessionId), added));
  }

  /** Removes messages from a session's backlog. Call it inside a transaction. */
  cutBacklog({ sessionId, epoch, ...range }: Learning & { sessionId: string; epoch: string }): void {
    if (this.has(sessionId, epoch)) this.#setBacklog(sessionId, withoutRange(this.backlogIn(sessionId), range));
  }

  /** Returns the first range of the backlog: sessions that ended earlier come first, so that later statements win. */
  get backlog(): (Learning & { sessionId: string; epoch: string }) | undefined {
    const [row] = this.#db.rows<Row>("SELECT * FROM sessions WHERE backlog NOT NULL ORDER BY last_at LIMIT 1");
    const [range] = backlogOf(row);
    return row && range && { sessionId: row.id, epoch: row.epoch, ...range };
  }

  #setBacklog(sessionId: string, ranges: Learning[]): void {
    const backlog = ranges.length === 0 ? null : JSON.stringify(ranges);
    this.#db.write("UPDATE sessions SET backlog = ? WHERE id = ?", backlog, sessionId);
  }

  /** Deletes a session and so its epoch. Call it inside a transaction. */
  delete(sessionId: string): void {
    this.#db.write("DELETE FROM sessions WHERE id = ?", sessionId);
  }

  /** Deletes all sessions. Call it inside a transaction. */
  clear(): void {
    this.#db.write("DELETE FROM sessions");
  }

  /** Returns a page of sessions with messages, the last used first. */
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

  /** Returns the ids of up to `limit` sessions behind one, in the order of ids: later updates do not change it. */
  idsAfter(sessionId: string, limit: number): string[] {
    const query = "SELECT id FROM sessions WHERE id > ? ORDER BY id LIMIT ?";
    return this.#db.rows<Row>(query, sessionId, limit).map(({ id }) => id);
  }

  /** Returns up to `limit` sessions, with the number of messages of each. Those that have sent nothing come last. */
  first(limit: number): { id: string; messages: number }[] {
    return this.#db.rows("SELECT id, messages FROM sessions ORDER BY told = 0 LIMIT ?", limit);
  }

  get empty(): boolean {
    return this.first(1).length === 0;
  }
}
