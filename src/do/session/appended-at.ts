/** The time of the last append or import: its messages may be older. */
import { metaOf, setMeta } from "../sqlite/meta";
import type { Tables } from "../sqlite/tables";

const KEY = "appended_at";

export const appendedAt = (db: Tables): number | undefined => metaOf(db, KEY);

export const setAppendedAt = (db: Tables): void => setMeta(db, KEY, Date.now());
