/** Formats numbers and tables. */

export const number = (value) => value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 2 : 0 });
export const dollars = (value) =>
  `$${value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

/** Returns GB. @param kib KiB per item */
export const gigabytes = (count, kib) => (count * kib * 1024) / 1e9;

/** Renders a Markdown table: a text column, then right-aligned numbers. */
export function table(head, rows) {
  const isNumber = (at) => at > 0 && rows.every((row) => /^[$\d]/.test(row[at]) && row[at].length < 16);
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${head.map((_, at) => (isNumber(at) ? "---:" : "---")).join("|")}|`, ...rows.map(line)].join(
    "\n",
  );
}
