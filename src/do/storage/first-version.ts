/** The memory of a session of the first version: one array of its last 40 messages, under one key. */
import { MAX_ANSWER } from "../../limits";
import type { NewMessage, Role } from "../../turn/types";

const HISTORY_KEY = "history";

const roles: readonly unknown[] = ["system", "user", "assistant"] satisfies Role[];
const isRole = (value: unknown): value is Role => roles.includes(value);

/** Whatever is not a message is skipped; a longer text than SQLite holds is cut. */
function messagesOf(history: unknown): NewMessage[] {
  if (!Array.isArray(history)) return [];
  return history.flatMap((entry: unknown): NewMessage[] => {
    if (typeof entry !== "object" || entry === null || !("role" in entry) || !("content" in entry)) return [];
    const { role, content } = entry;
    if (!isRole(role) || typeof content !== "string") return [];
    return [{ role, content: content.slice(0, MAX_ANSWER).toWellFormed() }];
  });
}

/** The messages of a first version's history; null where there is none. */
export function firstVersionOf(storage: DurableObjectStorage): NewMessage[] | null {
  const history = storage.kv.get(HISTORY_KEY);
  return history === undefined ? null : messagesOf(history);
}

export function forgetFirstVersion(storage: DurableObjectStorage): void {
  // Deleting what is not there would make a table for it.
  if (storage.kv.get(HISTORY_KEY) !== undefined) storage.kv.delete(HISTORY_KEY);
}
