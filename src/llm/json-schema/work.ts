/** The budget of one validation. Every step that a hostile schema or value can repeat uses some of it. */
import { SchemaProblem } from "./schema-problem";

/** Points for one visit of a schema at a value. One step of a pattern or one compared character costs one point. */
export const VISIT = 32;
/** At most 50,000 visits: about 40 ms of CPU in the worst case of `npm run test:worst`. */
const BUDGET = 50_000 * VISIT;

/** Thrown if a validation exceeds its budget. */
export class WorkExceeded extends SchemaProblem {
  constructor() {
    super("is too large to be checked");
  }
}

export class Work {
  #left = BUDGET;

  /** @throws {WorkExceeded} */
  spend(points: number): void {
    this.#left -= points;
    if (this.#left < 0) throw new WorkExceeded();
  }
}
