/** Converts JSON values to texts with sorted properties, so that equal values have equal texts. */
import { VISIT, type Work, WorkExceeded } from "./work";

/** Maximum nesting of arrays and objects in a compared value. */
const MAX_LEVELS = 500;

export class Canonical {
  readonly #work: Work;
  readonly #known = new Map<object, string>();

  constructor(work: Work) {
    this.#work = work;
  }

  /** @throws {WorkExceeded} */
  of(value: unknown, levels = MAX_LEVELS): string {
    if (typeof value !== "object" || value === null) {
      // Does not use JSON.stringify for numbers: JSON.parse reads 1e400 as Infinity, which it would write as `null`.
      const text = typeof value === "string" ? JSON.stringify(value) : String(value);
      this.#work.spend(text.length);
      return text;
    }
    const known = this.#known.get(value);
    if (known !== undefined) {
      this.#work.spend(known.length);
      return known;
    }
    if (levels === 0) throw new WorkExceeded();
    const text = Array.isArray(value)
      ? `[${value.map((item) => this.of(item, levels - 1)).join()}]`
      : `{${Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, item]) => `${this.of(name)}:${this.of(item, levels - 1)}`)
          .join()}}`;
    this.#work.spend(VISIT + text.length);
    this.#known.set(value, text);
    return text;
  }
}
