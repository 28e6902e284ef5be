const numbers = new Intl.NumberFormat("en");

/** Returns a count with its noun. */
export const countText = (count: number, one: string): string =>
  `${numbers.format(count)} ${one}${count === 1 ? "" : "s"}`;
