/** Actions on a whole session (rename, delete, empty, import), and signing in. */
import type { SignIn } from "./credentials";
import { deletionId } from "./notices";
import { newLocation } from "./page-location";
import type { PageState } from "./state";
import { makeTemporary } from "./temporary";

/** Shows a new temporary session. The server stores nothing of it. */
export function startTemporary(page: PageState): void {
  const target = newLocation();
  makeTemporary(target.sessionId);
  page.go(target);
}

export function renameSession(page: PageState, sessionId: string, title: string): Promise<boolean> {
  return page.act(async () => {
    await page.api.rename(sessionId, title);
    page.list?.rename(sessionId, title);
    if (sessionId === page.location.sessionId) page.title = title;
  });
}

/** Deletes a session after a delay. The user can undo it until then. */
export function deleteSession(page: PageState, sessionId: string): void {
  deleteLater(page, { sessionId, key: sessionId }, "Conversation deleted.", async (closing) => {
    // A page that is closing runs nothing after an await.
    if (closing) page.list?.forget(sessionId);
    await page.api.remove(sessionId, closing);
    page.list?.forget(sessionId);
  });
  if (sessionId === page.location.sessionId) page.go(newLocation());
}

/** Deletes the messages of the shown session after a delay. The user can undo it until then. */
export function emptySession(page: PageState): void {
  const { sessionId } = page.location;
  deleteLater(page, { sessionId, key: sessionId }, "Conversation emptied.", async (closing) => {
    await page.api.reset(sessionId, closing);
    if (sessionId === page.location.sessionId) await page.open();
  });
}

interface Deletion {
  sessionId: string;
  /** The key of `PendingDeletes`: the session's id, or a `partKey`. */
  key: string;
}

/** Deletes something after a delay. The user can undo it until then. @param run whether the page is closing */
export function deleteLater(
  page: PageState,
  deletion: Deletion,
  text: string,
  run: (closing: boolean) => Promise<void>,
): void {
  const { sessionId, key } = deletion;
  const id = deletionId(key);
  page.pendingDeletes.add(key, async (closing) => {
    page.notices.remove(id);
    // Trying again begins anew, with Undo, because the session may have new messages by then.
    const succeeded = await page.act(() => run(closing), { id, retry: () => deleteLater(page, deletion, text, run) });
    if (!closing) page.tabs.announce(sessionId);
    return succeeded;
  });
  const undo = () => {
    page.pendingDeletes.undo(key);
    page.notices.remove(id);
  };
  page.notices.add({ id, text, action: { label: "Undo", run: undo } });
}

/** Shows the first message at or after a time (ISO 8601). */
export function goToTime(page: PageState, time: string): Promise<boolean> {
  return page.act(async () => {
    const seq = await page.window.seqAt(time);
    if (seq !== undefined) page.go({ sessionId: page.location.sessionId, seq });
  });
}

/** Imports an export into a new session and shows it. */
export function importSession(page: PageState, lines: string): Promise<boolean> {
  return page.act(async () => {
    const target = newLocation();
    await page.api.import(target.sessionId, lines);
    const { title, lastAt } = await page.api.session(target.sessionId);
    page.list?.keep({ sessionId: target.sessionId, title, lastAt: lastAt ?? new Date().toISOString() });
    page.go(target);
  });
}

/** Stores name and token and loads the page again. Nothing of another user or token stays in it. */
export function signIn(page: PageState, entered: SignIn): void {
  const { token, userId } = page.credentials;
  const isOther = (token ?? entered.token) !== entered.token || (userId ?? entered.userId) !== entered.userId;
  page.credentials.save(entered);
  if (isOther) {
    page.turns.clear();
    history.replaceState(null, "", location.pathname);
  }
  location.reload();
}
