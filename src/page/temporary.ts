/** The temporary conversations of this tab: the server stores nothing of them. */

const KEY = "llamory:temporary";

const ids = (): string[] => JSON.parse(sessionStorage.getItem(KEY) ?? "[]");

export const isTemporary = (sessionId: string): boolean => ids().includes(sessionId);

/** Marks a session as temporary. A reload keeps the mark. */
export const makeTemporary = (sessionId: string): void =>
  sessionStorage.setItem(KEY, JSON.stringify([...ids(), sessionId]));
