/** The most attempts of a request, and the longest wait before one, in milliseconds. */
const ATTEMPTS = 6;
const LONGEST_WAIT_MS = 30_000;

/** Statuses after which a repetition may succeed. */
const TEMPORARY = [429, 502, 503, 504];

export interface RetryOptions {
  signal?: AbortSignal | undefined;
  /** Called before each wait. */
  onRetry?: ((attempt: number) => void) | undefined;
}

/**
 * Returns a `fetch` that repeats requests after a lost connection or a temporary failure. Use it only for requests that
 * may be repeated: reads, and writes with an `Idempotency-Key`. The first request fails at once if there is no connection.
 */
export function retryingFetch({ signal, onRetry }: RetryOptions): typeof fetch {
  let connected = false;
  return async (input, init) => {
    for (let attempt = 1; ; attempt += 1) {
      const last = attempt === ATTEMPTS;
      try {
        const response = await fetch(input, { ...init, ...(signal && { signal }) });
        connected = true;
        if (last || !TEMPORARY.includes(response.status)) return response;
        await response.body?.cancel();
        onRetry?.(attempt);
        await waited(Number(response.headers.get("retry-after")) * 1_000 || backoff(attempt), signal);
      } catch (error) {
        if (last || !connected || signal?.aborted) throw error;
        onRetry?.(attempt);
        await waited(backoff(attempt), signal);
      }
    }
  };
}

const backoff = (attempt: number) => 250 * 2 ** attempt * (0.5 + Math.random() / 2);

/** Waits, at most {@link LONGEST_WAIT_MS}. Rejects if the signal is aborted. */
const waited = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, Math.min(ms, LONGEST_WAIT_MS));
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
