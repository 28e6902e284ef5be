/**
 * Returns the result of a call that may take so many milliseconds.
 * @param call gets a signal that aborts after this time, and a promise that resolves when the result is no longer needed
 * @throws an error if the call takes longer
 */
export async function withTimeout<T>(
  ms: number,
  call: (signal: AbortSignal, over: Promise<void>) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const over = Promise.withResolvers<void>();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    controller.abort();
    late.reject(new Error(`Timeout: no answer in ${ms} ms.`));
  }, ms);
  try {
    return await Promise.race([call(controller.signal, over.promise), late.promise]);
  } finally {
    clearTimeout(timer);
    over.resolve();
  }
}
