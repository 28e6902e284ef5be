/** Single values of an object, by key. They are cached: most asks read the same ones. */
import type { Tables } from "./tables";

/** Returns undefined for a missing key. */
export function metaOf<T>(db: Tables, key: string): T | undefined {
  if (!db.meta.has(key)) {
    const [row] = db.rows<{ value: string }>("SELECT value FROM meta WHERE key = ?", key);
    db.meta.set(key, row?.value);
  }
  const json = db.meta.get(key);
  return json === undefined ? undefined : JSON.parse(json);
}

/** @param value stored as JSON; undefined deletes the key */
export function setMeta(db: Tables, key: string, value: unknown): void {
  const json = value === undefined ? undefined : JSON.stringify(value);
  if (json === undefined) db.write("DELETE FROM meta WHERE key = ?", key);
  else db.write("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", key, json);
  db.meta.set(key, json);
}
