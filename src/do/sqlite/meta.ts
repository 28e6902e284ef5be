/** Single values of an object, by key. */
import type { Tables } from "./tables";

/** Returns undefined for a missing key. */
export function metaOf<T>(db: Tables, key: string): T | undefined {
  const [row] = db.rows<{ value: string }>("SELECT value FROM meta WHERE key = ?", key);
  return row && JSON.parse(row.value);
}

/** @param value stored as JSON; undefined deletes the key */
export function setMeta(db: Tables, key: string, value: unknown): void {
  if (value === undefined) db.write("DELETE FROM meta WHERE key = ?", key);
  else db.write("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", key, JSON.stringify(value));
}
