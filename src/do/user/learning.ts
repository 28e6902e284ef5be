/** Messages to learn facts from, besides turns: those that a client appended or imported for it, and turns that wait. */

/** Messages from one `seq` of their session to another. */
export interface Learning {
  from: number;
  to: number;
}

/** The most separate ranges of a session. A client gets there only by appending every second batch to learn from. */
const MOST = 1_000;

/** Returns ranges with others added, in order. Ranges that touch become one. */
export function withRanges(ranges: Learning[], added: Learning[]): Learning[] {
  const joined: Learning[] = [];
  for (const { from, to } of [...ranges, ...added].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && from <= last.to + 1) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined.slice(-MOST);
}

/** Returns the parts of ranges outside another one. */
export const withoutRange = (ranges: Learning[], { from, to }: Learning): Learning[] =>
  ranges
    .flatMap((range) => [
      { from: range.from, to: Math.min(range.to, from - 1) },
      { from: Math.max(range.from, to + 1), to: range.to },
    ])
    .filter((range) => range.from <= range.to);
