/** When the client repeats a request, and how it waits until then. */

/** Milliseconds of the longest wait between two attempts. */
const MAX_WAIT_MS = 60_000;

/** Returns the milliseconds of `Retry-After`, which is a number of seconds or a date. Returns 0 without one. */
function retryAfterMs({ headers }: Response): number {
  const value = headers.get("retry-after") ?? "0";
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? 0 : Math.max(0, ms);
}

/**
 * Returns the milliseconds before an attempt.
 * @param attempt counts from 1
 * @param refused the response that refused the previous attempt; absent if the connection was lost
 * @returns undefined if there is no point in another attempt: the refusal is permanent, or lasts more than a minute
 */
export function waitBefore(attempt: number, refused: Response | undefined): number | undefined {
  const backoff = Math.min(MAX_WAIT_MS, Math.random() * 200 * 2 ** attempt);
  if (refused === undefined) return backoff;
  if (refused.status !== 429 && refused.status < 500) return undefined;
  const least = retryAfterMs(refused);
  return least > MAX_WAIT_MS ? undefined : Math.max(backoff, least);
}

/** Waits for a number of milliseconds. Rejects with the reason of the signal when it is aborted. */
export function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      settle();
    };
    const onAbort = () => end(() => reject(signal?.reason));
    const timer = setTimeout(() => end(resolve), ms);
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted) onAbort();
  });
}
