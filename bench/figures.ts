/** Figures of benchmarks. */
import { expect } from "vitest";

/** The value that so large a share of the values does not exceed; 0.5 is the median. */
export const percentile = (values: number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;

export const median = (values: number[]): number => percentile(values, 0.5);

/** A figure may exceed its goal by this factor, because runs differ. */
const TOLERANCE = 1.15;

/** A table of figures, some with goals. */
export class Table {
  readonly #rows: [what: string, value: string, goal: string][] = [];
  readonly #missed: string[] = [];

  /** @param goal the largest value that counts as reached */
  add(what: string, value: number, unit: string, digits: number, goal?: number): void {
    const text = (number: number) => `${number.toFixed(digits)} ${unit}`;
    this.#rows.push([what, text(value), goal === undefined ? "" : `goal ${text(goal)}`]);
    if (goal !== undefined && !(value <= goal * TOLERANCE)) this.#missed.push(what);
  }

  /** Prints the table. Fails if a figure misses its goal by more than 15 %. */
  end(): void {
    const [first, second] = [0, 1].map((column) => Math.max(...this.#rows.map((row) => row[column]?.length ?? 0)));
    for (const [what, value, goal] of this.#rows) {
      console.info(`${what.padEnd(first ?? 0)}  ${value.padStart(second ?? 0)}  ${goal}`.trimEnd());
    }
    expect(this.#missed).toEqual([]);
  }
}
