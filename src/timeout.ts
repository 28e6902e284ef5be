/**
 * What a call gives in so many milliseconds.
 * @param call gets a signal that aborts when the time is up, and what resolves when nobody waits any more
 * @throws an error that says so, where the time is up before
 */
export async function within<T>(
  ms: number,
  call: (signal: AbortSignal, over: Promise<void>) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const over = Promise.withResolvers<void>();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    controller.abort();
    late.reject(new Error(`No answer in ${ms} ms.`));
  }, ms);
  try {
    return await Promise.race([call(controller.signal, over.promise), late.promise]);
  } finally {
    clearTimeout(timer);
    over.resolve();
  }
}
