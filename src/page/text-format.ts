/** How the page writes numbers, dates and times. */

const NUMBER = new Intl.NumberFormat("en");

export const numberText = (value: number): string => NUMBER.format(value);

/** Returns a count with its noun. */
export const countText = (count: number, one: string, many = `${one}s`): string =>
  `${numberText(count)} ${count === 1 ? one : many}`;

/** Returns the excerpt of a message that was quoted in part, marked as one; otherwise the whole message. */
export const excerptText = (content: string, { from, to }: { from?: number | undefined; to?: number | undefined }) =>
  from === undefined ? content : `${from > 0 ? "… " : ""}${content.slice(from, to).trim()}`;

export const dayText = (time: string): string => new Date(time).toLocaleDateString("en", { dateStyle: "medium" });

export const timeText = (time: string): string =>
  new Date(time).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" });

/** Returns the heading of a session in the list: a day of the last week, or a month. */
export function periodOf(time: string, now = new Date()): string {
  const date = new Date(time);
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  const days = Math.ceil((midnight.getTime() - date.getTime()) / 86_400_000);
  if (days <= 0) return "Today";
  if (days === 1) return "Yesterday";
  if (days < 7) return date.toLocaleDateString("en", { weekday: "long" });
  return date.toLocaleDateString("en", { month: "long", year: "numeric" });
}
