/** Yes, no, or unsure (a part of a pattern was not checked). `Math.min` means "and", `Math.max` means "or". */
export type Verdict = number;

export const NO = 0;
export const UNSURE = 1;
export const YES = 2;

export const not = (verdict: Verdict): Verdict => YES - verdict;
