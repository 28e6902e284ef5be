/** A turn as the page shows it, and the part of it that survives a reload. */
import type { Memory } from "./api";
import type { PageFailure } from "./failure-text";
import { tabStorage } from "./page-storage";

/** A question whose answer is not finished. */
export interface PageTurn {
  /** The idempotency key: sending it again returns the same turn. Empty for a turn that this page only follows. */
  key: string;
  sessionId: string;
  question: string;
  /** The id of the session's last turn, which this one takes the place of. */
  replaces?: string | undefined;
  /** Whether the server stores nothing of it. It stays in the list after its end, and a reload forgets it. */
  temporary: boolean;
  state: "waiting" | "sending" | "answering" | "failed" | "done";
  /** Whether the user stopped it. The server is asked as soon as it has named the turn. */
  stopping: boolean;
  /** Whether the connection is lost and the page tries to reconnect. */
  reconnecting: boolean;
  /** The text received so far. */
  answer: string;
  /** Characters of the answer that are drawn; absent for all. */
  shown?: number | undefined;
  turnId?: string | undefined;
  memory?: Memory | undefined;
  /** Why the turn failed. */
  failure?: PageFailure | undefined;
}

type StoredTurn = Pick<PageTurn, "key" | "sessionId" | "question" | "replaces" | "stopping" | "failure">;

/** The parts of a turn that a question has. */
export type NewTurn = Pick<PageTurn, "sessionId" | "question"> & Partial<Pick<PageTurn, "replaces" | "temporary">>;

const STORAGE_KEY = "llamory:turns";

/** Returns the turns that this tab had before it was reloaded. */
export const storedTurns = (): StoredTurn[] => JSON.parse(tabStorage.get(STORAGE_KEY) ?? "[]");

/** Stores the turns that this tab sent: neither those that it only follows nor temporary ones. */
export function storeTurns(turns: readonly PageTurn[]): void {
  const stored = turns
    .filter(({ key, temporary }) => key !== "" && !temporary)
    .map(
      ({ key, sessionId, question, replaces, stopping, failure }): StoredTurn => ({
        key,
        sessionId,
        question,
        replaces,
        stopping,
        failure,
      }),
    );
  tabStorage.set(STORAGE_KEY, JSON.stringify(stored));
}
