/** Actions on the turns and messages of the shown session: edit a question, ask again, delete. */
import type { Message } from "./api";
import { newLocation } from "./page-location";
import { partKey } from "./pending-deletes";
import { deleteLater } from "./session-actions";
import type { PageState } from "./state";

/**
 * Asks an edited question in the place of the last one, or in a copy of the conversation before an earlier one.
 * @returns whether the question was taken
 */
export async function editQuestion(
  page: PageState,
  { seq, turnId }: Message,
  question: string,
  isLast: boolean,
): Promise<boolean> {
  if (isLast) return page.ask(question, turnId);
  const { sessionId } = page.location;
  const { messages, older } = page.window;
  const isFirst = !older && messages[0]?.seq === seq;
  let taken = false;
  await page.act(async () => {
    // Messages that will be deleted are not copied.
    if (!(await page.pendingDeletes.flush(sessionId))) return;
    page.go(isFirst ? newLocation() : { sessionId: (await page.api.fork(sessionId, seq)).sessionId });
    taken = await page.ask(question);
  });
  return taken;
}

/** Asks the last question again, in its place. */
export async function askAgain(page: PageState, turnId: string): Promise<void> {
  const question = page.window.questionOf(turnId);
  if (question !== undefined) await page.ask(question, turnId);
}

/**
 * Deletes a message after a delay, together with the other messages of its turn.
 * @param onDeleted called after the deletion
 */
export function deleteMessage(page: PageState, sessionId: string, message: Message, onDeleted?: () => void): void {
  const { seq, turnId } = message;
  const text = turnId === undefined ? "Message deleted." : "Question and answer deleted.";
  deleteLater(page, { sessionId, key: partKey(sessionId, message) }, text, async (closing) => {
    if (turnId === undefined) await page.api.deleteMessage(sessionId, seq, closing);
    else await page.api.deleteTurn(sessionId, turnId, closing);
    if (closing) return;
    onDeleted?.();
    page.window.remove(sessionId, message);
    await page.refresh(sessionId);
  });
}
