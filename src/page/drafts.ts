/** Unsent text, one draft per session. Drafts are kept in the tab and survive a reload. */
import { tabStorage } from "./page-storage";

const keyOf = (sessionId: string) => `llamory:draft:${sessionId}`;

export const draftOf = (sessionId: string): string => tabStorage.get(keyOf(sessionId)) ?? "";

export function saveDraft(sessionId: string, text: string): void {
  tabStorage.set(keyOf(sessionId), text || null);
}
