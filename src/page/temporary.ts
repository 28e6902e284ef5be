/** The temporary conversations of this tab: the server stores nothing of them. */
import { tabStorage } from "./page-storage";

const KEY = "llamory:temporary";

const ids = (): string[] => JSON.parse(tabStorage.get(KEY) ?? "[]");

export const isTemporary = (sessionId: string): boolean => ids().includes(sessionId);

/** Marks a session as temporary. A reload keeps the mark. */
export const makeTemporary = (sessionId: string): void => tabStorage.set(KEY, JSON.stringify([...ids(), sessionId]));
