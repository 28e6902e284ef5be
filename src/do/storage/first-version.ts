import type { NewMessage, Role } from "../../turn/types";

const roles: readonly unknown[] = ["system", "user", "assistant"] satisfies Role[];
const isRole = (value: unknown): value is Role => roles.includes(value);

/** The key under which the first version kept a session: one array of its last 40 messages. */
export const HISTORY_KEY = "history";

/** The messages of a first-version history. Whatever in it is not a message is skipped, never fatal. */
export function adoptable(history: unknown): NewMessage[] {
  if (!Array.isArray(history)) return [];
  return history.flatMap((entry: unknown): NewMessage[] => {
    if (typeof entry !== "object" || entry === null || !("role" in entry) || !("content" in entry)) return [];
    const { role, content } = entry;
    return isRole(role) && typeof content === "string" ? [{ role, content: content.toWellFormed() }] : [];
  });
}
