/** Whether a value matches, in three values, because a part of a pattern may not be checked. `Math.min` is and, `Math.max` is or. */
export type Verdict = number;

export const NO = 0;
export const UNSURE = 1;
export const YES = 2;

export const not = (verdict: Verdict): Verdict => YES - verdict;
