/** Unsent text, one draft per session. Drafts are kept in the tab and survive a reload. */
import { tabStorage } from "./page-storage";

const keyOf = (sessionId: string) => `llamory:draft:${sessionId}`;

/** The drafts of this page, because each render reads one. */
const drafts = new Map<string, string>();

export const draftOf = (sessionId: string): string => drafts.get(sessionId) ?? tabStorage.get(keyOf(sessionId)) ?? "";

export function saveDraft(sessionId: string, text: string): void {
  drafts.set(sessionId, text);
  tabStorage.set(keyOf(sessionId), text || null);
}
