import { vi } from "vitest";

/** Milliseconds. A busy machine is slow; a wait that succeeds ends much earlier. */
const LIMIT_MS = 30_000;

/** Repeats a check until it passes, and returns its result. Fails with its last error after 30 seconds. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: LIMIT_MS, interval: 10 });
