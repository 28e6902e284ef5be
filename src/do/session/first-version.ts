/** Adopts the memory of version 1: an array of a session's last 40 messages, under one key. */
import { MAX_ANSWER } from "../../limits";
import { fieldsOf } from "../../llm/json";
import { log } from "../../log";
import { onStorage } from "../../turn/storage-error";
import type { NewMessage, Role } from "../../turn/types";
import type { Messages } from "../memory/messages";
import type { Database } from "../sqlite/database";

const HISTORY_KEY = "history";

const roles: readonly unknown[] = ["system", "user", "assistant"] satisfies Role[];
const isRole = (value: unknown): value is Role => roles.includes(value);

/** Skips values that are not messages, and cuts texts that are too long for SQLite. */
function messagesOf(history: unknown): NewMessage[] {
  if (!Array.isArray(history)) return [];
  return history.flatMap((entry: unknown): NewMessage[] => {
    const { role, content } = fieldsOf(entry);
    if (!isRole(role) || typeof content !== "string") return [];
    return [{ role, content: content.slice(0, MAX_ANSWER).toWellFormed() }];
  });
}

/**
 * Makes the history of version 1 the first messages of the session. A history that cannot be adopted is logged and kept,
 * and the session starts empty.
 */
export function adoptFirstVersion(storage: DurableObjectStorage, db: Database, messages: Messages): void {
  try {
    const history = storage.kv.get(HISTORY_KEY);
    if (history === undefined) return;
    db.transaction(() => {
      messages.append(messagesOf(history));
      forgetFirstVersion(storage);
    });
  } catch (error) {
    log("error", "history_not_adopted", { error: String(error) });
  }
}

export function forgetFirstVersion(storage: DurableObjectStorage): void {
  onStorage(() => {
    // Deleting a missing key would create a table.
    if (storage.kv.get(HISTORY_KEY) !== undefined) storage.kv.delete(HISTORY_KEY);
  });
}
