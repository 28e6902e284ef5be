/** Unsent text, one draft per session. Drafts are kept in the tab and survive a reload. */

const keyOf = (sessionId: string) => `llamory:draft:${sessionId}`;

export const draftOf = (sessionId: string): string => sessionStorage.getItem(keyOf(sessionId)) ?? "";

export function saveDraft(sessionId: string, text: string): void {
  if (text === "") sessionStorage.removeItem(keyOf(sessionId));
  else sessionStorage.setItem(keyOf(sessionId), text);
}
