/** The appends of a session: the time of the last one, and the results of those with an `Idempotency-Key`. */
import type { Idempotency } from "../../turn/types";
import type { Messages } from "../memory/messages";
import { metaOf, setMeta } from "../sqlite/meta";
import type { Tables } from "../sqlite/tables";
import { type Appended, keepAppend } from "./append-keys";

const KEY = "appended_at";

export const setAppendedAt = (db: Tables): void => setMeta(db, KEY, Date.now());

/** Records an append. @returns its messages */
export function recordAppend(db: Tables, appended: Appended, idempotency: Idempotency | undefined): Appended {
  setAppendedAt(db);
  if (idempotency) keepAppend(db, { ...idempotency, ...appended });
  return appended;
}

/** Returns the time of the last ask or append, in milliseconds since 1970. Appended messages may have older times. */
export function lastUsedAt(db: Tables, messages: Messages): number {
  const appended = metaOf<number>(db, KEY);
  const [last] = messages.page(undefined, 1);
  const asked = last && (last.turnId || appended === undefined) ? last.createdAt : 0;
  return Math.max(appended ?? 0, asked);
}
