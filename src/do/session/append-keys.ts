/** The `Idempotency-Key`s of the last appends. One row for all of them, so that a key costs one row written per append. */
import type { Idempotency } from "../../turn/types";
import { metaOf, setMeta } from "../sqlite/meta";
import type { Tables } from "../sqlite/tables";
import { KEY_MS } from "./turn-rows";

/** The key in the table of single values. */
export const APPEND_KEYS = "append_keys";

/** The most keys: more than appends can wait at once. */
const MAX_KEYS = 20;

/** The messages of an append. */
export interface Appended {
  firstSeq: number;
  lastSeq: number;
}

type Known = Idempotency & Appended & { at: number };

const known = (db: Tables): Known[] =>
  (metaOf<Known[]>(db, APPEND_KEYS) ?? []).filter(({ at }) => at > Date.now() - KEY_MS);

/** Returns the append with this key, of the last {@link KEY_MS}. */
export const appendOf = (db: Tables, key: string): Known | undefined => known(db).find((append) => append.key === key);

/** Stores the key of an append. */
export const keepAppend = (db: Tables, append: Idempotency & Appended): void =>
  setMeta(db, APPEND_KEYS, [...known(db), { ...append, at: Date.now() }].slice(-MAX_KEYS));
