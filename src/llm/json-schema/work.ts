/** The budget of one validation. Everything that a hostile schema or value can repeat spends from it. */

/** Points of one visit of a schema at a value. One step of a pattern and one compared character are one point each. */
export const VISIT = 32;
/** At most 50,000 visits: about 40 ms of CPU in the worst case that `npm run test:worst` knows. */
const BUDGET = 50_000 * VISIT;

/** Thrown when a validation would cost more than its budget. The two entry points catch it. */
export class WorkExceeded extends Error {
  override readonly name = "WorkExceeded";
}

export class Work {
  #left = BUDGET;

  /** @throws {WorkExceeded} */
  spend(points: number): void {
    this.#left -= points;
    if (this.#left < 0) throw new WorkExceeded();
  }
}
