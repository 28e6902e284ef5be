/** The sessions at the side: the user's, as the server lists them, or those that this browser has used. */
import type { Api } from "./api";

export interface Known {
  sessionId: string;
  title: string | null;
  /** ISO 8601. */
  lastAt: string;
}

const MOST = 200;

/** Under which name this browser keeps its list: those of another token are none of this one's business. */
async function listName(token: string | undefined): Promise<string> {
  const bytes = new TextEncoder().encode(token ?? "");
  // Without a secure connection there is no digest: then the list lives as long as the tab.
  const digest =
    token === undefined || !crypto.subtle ? new ArrayBuffer(0) : await crypto.subtle.digest("SHA-256", bytes);
  const name = Array.from(new Uint8Array(digest).slice(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `llamory:sessions:${name}`;
}

const placeOf = (token: string | undefined): Storage =>
  token !== undefined && !crypto.subtle ? sessionStorage : localStorage;

export class KnownSessions {
  readonly #place: Storage;
  readonly #name: string;

  private constructor(place: Storage, name: string) {
    this.#place = place;
    this.#name = name;
  }

  static async open(token: string | undefined): Promise<KnownSessions> {
    return new KnownSessions(placeOf(token), await listName(token));
  }

  /** Newest first. */
  get all(): Known[] {
    return JSON.parse(this.#place.getItem(this.#name) ?? "[]");
  }

  /** Notes that a session was used, or what it is called. */
  note(session: Known): void {
    this.#put([session, ...this.all.filter(({ sessionId }) => sessionId !== session.sessionId)]);
  }

  forget(sessionId: string): void {
    this.#put(this.all.filter((session) => session.sessionId !== sessionId));
  }

  #put(sessions: Known[]): void {
    const kept = sessions.sort((a, b) => b.lastAt.localeCompare(a.lastAt)).slice(0, MOST);
    this.#place.setItem(this.#name, JSON.stringify(kept));
  }
}

/** A page of a user's sessions. */
export async function sessionsOfUser(api: Api, userId: string, cursor?: string) {
  const { data, nextCursor } = await api.sessionsOf(userId, cursor);
  return { sessions: data.map(({ sessionId, title, lastAt }): Known => ({ sessionId, title, lastAt })), nextCursor };
}
