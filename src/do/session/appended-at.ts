/** The time of the last append or import: its messages may be older. */
import type { Messages } from "../memory/messages";
import { metaOf, setMeta } from "../sqlite/meta";
import type { Tables } from "../sqlite/tables";

const KEY = "appended_at";

export const setAppendedAt = (db: Tables): void => setMeta(db, KEY, Date.now());

/** Returns the time of the last ask or append, in milliseconds since 1970. */
export function lastUsedAt(db: Tables, messages: Messages): number {
  const appended = metaOf<number>(db, KEY);
  const [last] = messages.page(undefined, 1);
  const asked = last && (last.turnId || appended === undefined) ? last.createdAt : 0;
  return Math.max(appended ?? 0, asked);
}
