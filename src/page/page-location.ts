/** The session, and optionally the message, that the hash of the page's URL names. */
import { randomId } from "./random-id";

export interface PageLocation {
  sessionId: string;
  seq?: number | undefined;
}

/** The ids that the server accepts. */
const SESSION_ID = /^(?!\.{1,2}$)[\w.:@+-]{1,128}$/;

export const hashOf = ({ sessionId, seq }: PageLocation): string =>
  `#/${encodeURIComponent(sessionId)}${seq === undefined ? "" : `/${seq}`}`;

/** Returns null for a hash that names no session. */
function parseHash(hash: string): PageLocation | null {
  const [, id = "", seq] = /^#\/([^/]+)(?:\/(\d+))?$/.exec(hash) ?? [];
  try {
    const sessionId = decodeURIComponent(id);
    if (!SESSION_ID.test(sessionId)) return null;
    return { sessionId, seq: seq === undefined ? undefined : Number(seq) };
  } catch {
    return null;
  }
}

/** Returns the location of a new session. */
export const newLocation = (): PageLocation => ({ sessionId: randomId() });

/** Returns the location of the page's URL. If that names no session, it gets a new one, which a reload keeps. */
export function currentLocation(): PageLocation {
  const current = parseHash(location.hash) ?? newLocation();
  history.replaceState(null, "", hashOf(current));
  return current;
}
