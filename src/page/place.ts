/** Where the page is: a session, and maybe a message in it, as the hash of its address. */
export interface Spot {
  sessionId: string;
  seq?: number | undefined;
}

export const hashOf = ({ sessionId, seq }: Spot): string =>
  `#/${encodeURIComponent(sessionId)}${seq === undefined ? "" : `/${seq}`}`;

/** Null where the hash names none. */
export function spotOf(hash: string): Spot | null {
  const [, id, seq] = /^#\/([^/]+)(?:\/(\d+))?$/.exec(hash) ?? [];
  if (id === undefined) return null;
  try {
    return { sessionId: decodeURIComponent(id), seq: seq === undefined ? undefined : Number(seq) };
  } catch {
    return null;
  }
}

/** A session that nobody has used. */
export const freshSpot = (): Spot => ({ sessionId: crypto.randomUUID() });
