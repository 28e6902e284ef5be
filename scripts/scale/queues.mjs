/** Simulates two queues event by event. Every run has the same result. */

/** Returns a generator of random numbers in [0, 1): mulberry32. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const ARRIVALS = 100_000;

/**
 * Simulates one session, which runs one turn at a time. Questions arrive at random (Poisson). A turn takes 0.5 to 1.5
 * times the mean.
 * @returns the seconds from a question's arrival to the start of its turn, and the share of refused questions
 */
export function oneSession(aMinute, seconds, waiting) {
  const next = random(1);
  const waits = [];
  /** The ends of the running and waiting turns, in order. */
  const ends = [];
  let now = 0;
  let refused = 0;
  for (let asked = 0; asked < ARRIVALS; asked += 1) {
    now += (-Math.log(1 - next()) * 60) / aMinute;
    while (ends.length > 0 && ends[0] <= now) ends.shift();
    // One turn runs, the others wait.
    if (ends.length > waiting) {
      refused += 1;
      continue;
    }
    const begins = Math.max(now, ends.at(-1) ?? now);
    waits.push(begins - now);
    ends.push(begins + seconds * (0.5 + next()));
  }
  waits.sort((a, b) => a - b);
  const at = (share) => waits[Math.floor(waits.length * share)];
  return { refused: refused / ARRIVALS, median: at(0.5), most: at(0.95) };
}

/** The retries of `src/llm/llama.ts` for a busy model: the number of tries, and the pause in seconds, which grows. */
const TRIES = 3;
const PAUSE = 0.2;
/** `Retry-After` of the two refusals, in seconds (`src/wire/problem.ts`). Clients wait this long before each retry. */
const RATE_WAIT = 60;
const BUSY_WAIT = 10;

/**
 * Simulates a burst: a tenant's asks to different sessions within one minute, with retries of the refused ones. The
 * rate limits of tenant and model count per minute. A busy model is tried three times, then its fallback.
 * @returns the number of asks answered at the first attempt, the number refused by each limit, and the minute of the
 * start of the last answer
 */
export function tenantBurst(asks, fallback, { tenantAMinute, modelAMinute }) {
  const next = random(2);
  const counts = new Map();
  const admits = (what, limit, at) => {
    const key = `${what} ${Math.floor(at / 60)}`;
    const count = counts.get(key) ?? 0;
    // Refused requests do not count.
    if (count >= limit) return false;
    counts.set(key, count + 1);
    return true;
  };
  const events = Array.from({ length: asks }, () => ({ at: next() * 60, isFirst: true }));
  const result = { first: 0, byRate: 0, byModel: 0, minutes: 0 };
  while (events.length > 0) {
    events.sort((a, b) => b.at - a.at);
    const { at, isFirst } = events.pop();
    let refusal;
    if (!admits("tenant", tenantAMinute, at)) refusal = "byRate";
    else if (!models(at)) refusal = "byModel";
    if (refusal === undefined) {
      if (isFirst) result.first += 1;
      result.minutes = Math.max(result.minutes, Math.ceil(at / 60));
      continue;
    }
    if (isFirst) result[refusal] += 1;
    events.push({ at: at + (refusal === "byRate" ? RATE_WAIT : BUSY_WAIT), isFirst: false });
  }
  return result;

  function models(at) {
    let now = at;
    for (const model of fallback ? ["model", "fallback"] : ["model"]) {
      for (let tried = 0; tried < TRIES; tried += 1) {
        if (admits(model, modelAMinute, now)) return true;
        now += next() * PAUSE * (tried + 1);
      }
    }
    return false;
  }
}
