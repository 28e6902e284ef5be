/** Figures of benchmarks. */

/** The value that so large a share of the values does not exceed; 0.5 is the median. */
export const percentile = (values: number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
