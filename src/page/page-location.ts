/** The session, and optionally the message, that the hash of the page's URL names. */
import { randomId } from "./random-id";

export interface PageLocation {
  sessionId: string;
  seq?: number | undefined;
}

export const hashOf = ({ sessionId, seq }: PageLocation): string =>
  `#/${encodeURIComponent(sessionId)}${seq === undefined ? "" : `/${seq}`}`;

/** Returns null for a hash that names no session. */
export function parseHash(hash: string): PageLocation | null {
  const [, id, seq] = /^#\/([^/]+)(?:\/(\d+))?$/.exec(hash) ?? [];
  if (id === undefined) return null;
  try {
    return { sessionId: decodeURIComponent(id), seq: seq === undefined ? undefined : Number(seq) };
  } catch {
    return null;
  }
}

/** Returns the location of a new session. */
export const newLocation = (): PageLocation => ({ sessionId: randomId() });
