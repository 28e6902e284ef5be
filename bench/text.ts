/** Texts of benchmarks: seeded, of words that are as frequent as those of people. */

/** A generator of numbers in [0, 1), the same at every run. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const SYLLABLES = ["ka", "lo", "mi", "ren", "tu", "sha", "vel", "dor", "ni", "bra", "qui", "sto", "pel", "gam", "fir"];

/** A word by its rank; the names of things are made of syllables, and so have no end. */
function word(rank: number): string {
  let text = "";
  for (let rest = rank + 15; rest > 0; rest = Math.floor(rest / SYLLABLES.length))
    text += SYLLABLES[rest % SYLLABLES.length];
  return text;
}

/** A word as people choose them: the n-th most frequent is chosen about 1/n as often as the first (Zipf). */
const choose = (next: () => number) => word(Math.floor(20_000 ** next()) - 1);
/** So many words. */
export const sentence = (next: () => number, length: number) => Array.from({ length }, () => choose(next)).join(" ");
