/** The budget of one validation. Every step that a hostile schema or value can repeat uses some of it. */

/** Points for one visit of a schema at a value. One step of a pattern or one compared character costs one point. */
export const VISIT = 32;
/** At most 50,000 visits: about 40 ms of CPU in the worst case of `npm run test:worst`. */
const BUDGET = 50_000 * VISIT;

/** Thrown if a validation exceeds its budget. The two entry points catch it. */
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
