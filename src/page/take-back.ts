import type { Api } from "./api";
import { draftOf, saveDraft } from "./drafts";
import type { PageTurn } from "./page-turn";
import type { PageTurns } from "./page-turns";
import type { SessionList } from "./session-list";
import type { TranscriptWindow } from "./transcript-window";

/** The parts of the page's state that it changes: the state itself imports this file. */
interface Page {
  api: Api;
  list: SessionList | undefined;
  window: TranscriptWindow;
  turns: PageTurns;
  changed(): void;
}

/**
 * Gives the text of a discarded question back to the composer, if the composer is empty. Removes the conversation from the
 * list if it has no other question.
 */
export async function takeBack(page: Page, turn: PageTurn): Promise<void> {
  const { sessionId, question, replaces, temporary } = turn;
  // The server has a turn that began, and the question that one asks again.
  const isStored =
    (turn.turnId !== undefined && !temporary) ||
    (replaces !== undefined && page.window.questionOf(replaces) === question);
  if (!isStored && draftOf(sessionId) === "") saveDraft(sessionId, question);
  page.changed();
  if (temporary) return;
  const session = await page.api.session(sessionId).catch(() => undefined);
  if (session?.messages !== 0 || session.title !== null || page.turns.of(sessionId).length > 0) return;
  page.list?.forget(sessionId);
  page.changed();
}
