/** The sessions of the sidebar: those of the user, listed by the server, and those that this browser has used without a name. */
import type { Api } from "./api";
import { deviceStorage, type PageStorage, tabStorage } from "./page-storage";

export interface ListedSession {
  sessionId: string;
  title: string | null;
  /** ISO 8601. */
  lastAt: string;
}

/** Sessions that the browser keeps. */
const MAX_KEPT = 2_000;
/** Requests that load all of a user's sessions, 100 each. */
const MAX_PAGES = 100;

/** Returns the storage key of the browser's list. Each token has a list of its own. */
async function storageKeyOf(token: string | undefined): Promise<string> {
  // Plain http has no crypto.subtle. The list is kept in the tab then, under one key.
  if (token === undefined || !crypto.subtle) return "llamory:sessions:";
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  const name = Array.from(new Uint8Array(digest).slice(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `llamory:sessions:${name}`;
}

const newestFirst = (a: ListedSession, b: ListedSession) => b.lastAt.localeCompare(a.lastAt);

export class SessionList {
  /** Newest first. A new array after each change. */
  sessions: readonly ListedSession[] = [];
  readonly #storage: PageStorage;
  readonly #key: string;
  readonly #userId: string | undefined;
  /** Sessions that the server listed for the user. */
  #listed = new Map<string, ListedSession>();
  /** Sessions of the user that the server does not list yet. */
  readonly #added = new Map<string, ListedSession>();
  /** The cursor of the next page; null after the last, undefined before the first. */
  #cursor: string | null | undefined;

  private constructor(storage: PageStorage, key: string, userId: string | undefined) {
    this.#storage = storage;
    this.#key = key;
    this.#userId = userId;
    this.#merge();
  }

  static async open(token: string | undefined, userId: string | undefined): Promise<SessionList> {
    const storage = token !== undefined && !crypto.subtle ? tabStorage : deviceStorage;
    return new SessionList(storage, await storageKeyOf(token), userId);
  }

  get hasMore(): boolean {
    return this.#userId !== undefined && this.#cursor !== null;
  }

  /** Returns whether the server has listed a session among those of the user. */
  isOfUser(sessionId: string): boolean {
    return this.#listed.has(sessionId);
  }

  titleOf(sessionId: string): string | null {
    return this.sessions.find((session) => session.sessionId === sessionId)?.title ?? null;
  }

  /** Adds or updates a session of this browser. A session without a title keeps the one that the list has. */
  keep(session: ListedSession): void {
    const kept = { ...session, title: session.title ?? this.titleOf(session.sessionId) };
    this.#write([kept, ...this.#kept.filter(({ sessionId }) => sessionId !== session.sessionId)]);
    this.#merge();
  }

  /** Adds a session that was just used: the server lists it later for a user, never without one. */
  add(session: ListedSession): void {
    if (this.#userId === undefined) {
      this.keep(session);
      return;
    }
    this.#added.set(session.sessionId, session);
    this.#merge();
  }

  rename(sessionId: string, title: string): void {
    for (const sessions of [this.#listed, this.#added]) {
      const session = sessions.get(sessionId);
      if (session) sessions.set(sessionId, { ...session, title });
    }
    this.#write(this.#kept.map((session) => (session.sessionId === sessionId ? { ...session, title } : session)));
    this.#merge();
  }

  forget(sessionId: string): void {
    this.#listed.delete(sessionId);
    this.#added.delete(sessionId);
    this.#write(this.#kept.filter((session) => session.sessionId !== sessionId));
    this.#merge();
  }

  /** Reads the user's newest sessions again. Older ones that were loaded stay in the list. */
  async refresh(api: Api): Promise<void> {
    if (this.#userId === undefined) return this.#merge();
    const { data, nextCursor } = await api.sessionsOf(this.#userId);
    const oldest = data.at(-1)?.lastAt ?? "";
    const older = nextCursor === null ? [] : [...this.#listed.values()].filter(({ lastAt }) => lastAt < oldest);
    this.#listed = new Map([...data, ...older].map((session) => [session.sessionId, session]));
    if (this.#cursor === undefined || nextCursor === null) this.#cursor = nextCursor;
    for (const { sessionId } of data) this.#added.delete(sessionId);
    this.#merge();
  }

  async loadMore(api: Api): Promise<void> {
    if (this.#userId === undefined || typeof this.#cursor !== "string") return;
    const { data, nextCursor } = await api.sessionsOf(this.#userId, this.#cursor);
    for (const session of data) this.#listed.set(session.sessionId, session);
    this.#cursor = nextCursor;
    this.#merge();
  }

  /** Loads all sessions, so that a filter finds them. */
  async loadAll(api: Api): Promise<void> {
    for (let pages = 0; this.hasMore && pages < MAX_PAGES; pages += 1) await this.loadMore(api);
  }

  get #kept(): ListedSession[] {
    return JSON.parse(this.#storage.get(this.#key) ?? "[]");
  }

  #write(sessions: ListedSession[]): void {
    this.#storage.set(this.#key, JSON.stringify(sessions.sort(newestFirst).slice(0, MAX_KEPT)));
  }

  #merge(): void {
    const merged = new Map(this.#kept.map((session) => [session.sessionId, session]));
    for (const [sessionId, session] of [...this.#added, ...this.#listed]) merged.set(sessionId, session);
    this.sessions = [...merged.values()].sort(newestFirst);
  }
}
