/** Cursors of lists that are sorted by the time of the last message, newest first. */

/** The last entry of a page. */
interface Last {
  lastAt: number;
  id: string;
}

/** Returns the entry after which a page begins; without a cursor, one before all others. */
export function cursorOf(cursor: string | undefined): Last {
  const [, lastAt = Number.MAX_SAFE_INTEGER, id = ""] = /^(-?\d+)~(.+)$/su.exec(cursor ?? "") ?? [];
  return { lastAt: Number(lastAt), id };
}

/** Returns the cursor of the next page; null if this page is the last one. */
export function nextCursorOf<T extends { lastAt: number }>(page: T[], limit: number, idOf: (entry: T) => string) {
  const last = page.length === limit ? page.at(-1) : undefined;
  return last ? `${last.lastAt}~${idOf(last)}` : null;
}
