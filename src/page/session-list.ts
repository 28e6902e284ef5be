/** The sessions of the sidebar: the user's, listed by the server, or those that this browser has used. */
import type { Api } from "./api";

export interface ListedSession {
  sessionId: string;
  title: string | null;
  /** ISO 8601. */
  lastAt: string;
}

/** Sessions that the browser's list keeps. */
const MOST = 200;

/** Returns the storage key of the list. Each token has a list of its own. */
async function listName(token: string | undefined): Promise<string> {
  const bytes = new TextEncoder().encode(token ?? "");
  // Plain http has no crypto.subtle. The list is kept in sessionStorage then, under one key.
  const digest =
    token === undefined || !crypto.subtle ? new ArrayBuffer(0) : await crypto.subtle.digest("SHA-256", bytes);
  const name = Array.from(new Uint8Array(digest).slice(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `llamory:sessions:${name}`;
}

const storageFor = (token: string | undefined): Storage =>
  token !== undefined && !crypto.subtle ? sessionStorage : localStorage;

export class BrowserSessions {
  readonly #storage: Storage;
  readonly #name: string;

  private constructor(storage: Storage, name: string) {
    this.#storage = storage;
    this.#name = name;
  }

  static async open(token: string | undefined): Promise<BrowserSessions> {
    return new BrowserSessions(storageFor(token), await listName(token));
  }

  /** Newest first. */
  get all(): ListedSession[] {
    return JSON.parse(this.#storage.getItem(this.#name) ?? "[]");
  }

  /** Adds or updates a session. */
  note(session: ListedSession): void {
    this.#put([session, ...this.all.filter(({ sessionId }) => sessionId !== session.sessionId)]);
  }

  forget(sessionId: string): void {
    this.#put(this.all.filter((session) => session.sessionId !== sessionId));
  }

  #put(sessions: ListedSession[]): void {
    const kept = sessions.sort((a, b) => b.lastAt.localeCompare(a.lastAt)).slice(0, MOST);
    this.#storage.setItem(this.#name, JSON.stringify(kept));
  }
}

/** Returns a page of a user's sessions. */
export async function sessionsOfUser(api: Api, userId: string, cursor?: string) {
  const { data, nextCursor } = await api.sessionsOf(userId, cursor);
  return {
    sessions: data.map(({ sessionId, title, lastAt }): ListedSession => ({ sessionId, title, lastAt })),
    nextCursor,
  };
}
