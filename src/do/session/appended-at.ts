/** The appends of a session: the time of the last one, and the results of those with an `Idempotency-Key`. */
import type { Idempotency, Message } from "../../turn/types";
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
export function lastUse(db: Tables, last: Message | undefined): number {
  const appended = metaOf<number>(db, KEY);
  const asked = last && (last.turnId || appended === undefined) ? last.createdAt : 0;
  return Math.max(appended ?? 0, asked);
}
