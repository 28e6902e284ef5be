/** The time of the last append or import: its messages may be older. */
import type { Message } from "../../turn/types";
import { metaOf, setMeta } from "../sqlite/meta";
import type { Tables } from "../sqlite/tables";

const KEY = "appended_at";

export const setAppendedAt = (db: Tables): void => setMeta(db, KEY, Date.now());

/** Returns the time of the last ask or append, in milliseconds since 1970. @param newest the newest message */
export function lastUse(db: Tables, newest: Message | undefined): number {
  const appended = metaOf<number>(db, KEY);
  const asked = newest && (newest.turnId || appended === undefined) ? newest.createdAt : 0;
  return Math.max(appended ?? 0, asked);
}
