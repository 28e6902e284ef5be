/** Two queues, simulated event by event, the same at every run. */

/** A generator of numbers in [0, 1): mulberry32. */
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
 * One session, which answers one question at once: they come at random (Poisson), and a turn takes half to one and a half
 * times its mean.
 * @returns waits in seconds, from a question's coming to its turn's beginning, and the share that is refused
 */
export function oneSession(aMinute, seconds, waiting) {
  const next = random(1);
  const waits = [];
  /** When the turns that run or wait will have ended, in order. */
  const ends = [];
  let now = 0;
  let refused = 0;
  for (let asked = 0; asked < ARRIVALS; asked += 1) {
    now += (-Math.log(1 - next()) * 60) / aMinute;
    while (ends.length > 0 && ends[0] <= now) ends.shift();
    // One runs, the others wait.
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

/** As `src/llm/llama.ts` does with a busy model: so many tries, between them up to so many seconds, longer each time. */
const TRIES = 3;
const PAUSE = 0.2;
/** `Retry-After` of the two refusals, in seconds: `src/wire/problem.ts`. Clients do as it says until they are answered. */
const RATE_WAIT = 60;
const BUSY_WAIT = 10;

/**
 * A tenant's asks, each to a session of its own, all within a minute; then clients repeat what was refused. What a tenant
 * and a model may have is counted by the minute, and a model that refuses is asked three times, then its fallback.
 * @returns how many were answered when they first asked, how many were refused then, by which limit, and in which minute
 * the last answer began
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
