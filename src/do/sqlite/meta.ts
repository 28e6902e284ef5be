/** Single values of an object, by key. They are cached: most asks read the same ones. */
import type { Tables } from "./tables";

/** The JSON of the values that were read or written; undefined for a missing key. */
const caches = new WeakMap<Tables, Map<string, string | undefined>>();

function cacheOf(db: Tables): Map<string, string | undefined> {
  const known = caches.get(db);
  if (known) return known;
  const cache = new Map<string, string | undefined>();
  caches.set(db, cache);
  db.caches(() => cache.clear());
  return cache;
}

/** Returns undefined for a missing key. */
export function metaOf<T>(db: Tables, key: string): T | undefined {
  const cache = cacheOf(db);
  if (!cache.has(key)) {
    const [row] = db.rows<{ value: string }>("SELECT value FROM meta WHERE key = ?", key);
    cache.set(key, row?.value);
  }
  const json = cache.get(key);
  return json === undefined ? undefined : JSON.parse(json);
}

/** @param value stored as JSON; undefined deletes the key */
export function setMeta(db: Tables, key: string, value: unknown): void {
  const json = value === undefined ? undefined : JSON.stringify(value);
  if (json === undefined) db.write("DELETE FROM meta WHERE key = ?", key);
  else db.write("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", key, json);
  cacheOf(db).set(key, json);
}
