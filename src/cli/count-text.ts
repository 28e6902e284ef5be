const NUMBER = new Intl.NumberFormat("en");

export const numberText = (value: number): string => NUMBER.format(value);

/** Returns a count with its noun. */
export const countText = (count: number, one: string): string => `${numberText(count)} ${one}${count === 1 ? "" : "s"}`;
