/** The size of a client's JSON, measured without recursion: nested arrays would exhaust the stack of `JSON.stringify`. */

/** Whether a value has at most so many characters as JSON, and so many levels of arrays and objects. */
export function isSmallJson(value: unknown, limits: { characters: number; levels: number }): boolean {
  let left = limits.characters;
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    const inner: unknown[] = [];
    for (const item of level) {
      if (typeof item !== "object" || item === null) left -= JSON.stringify(item).length;
      else {
        const isArray = Array.isArray(item);
        const keys = isArray ? [] : Object.keys(item);
        const values: unknown[] = isArray ? item : Object.values(item);
        left -= 2 + Math.max(0, values.length - 1);
        for (const key of keys) left -= JSON.stringify(key).length + 1;
        if (left >= 0) for (const part of values) inner.push(part);
        if (depth >= limits.levels) return false;
      }
      if (left < 0) return false;
    }
    level = inner;
  }
  return true;
}
