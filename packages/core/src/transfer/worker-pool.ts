/**
 * Runs `work` over `items` with at most `workers` at once, in order of the items.
 *
 * The first failure aborts the signal that every worker holds. The pool then waits until all have come to rest, so
 * that nothing is still writing when the error reaches the caller, and throws that first failure.
 */
export async function runPool<T>(
  items: readonly T[],
  workers: number,
  signal: AbortSignal,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failure = new AbortController();
  const stop = AbortSignal.any([signal, failure.signal]);
  const queue = items.values();
  let first: { error: unknown } | undefined;

  async function worker(): Promise<void> {
    for (const item of queue) {
      if (stop.aborted) return;
      try {
        await work(item, stop);
      } catch (error) {
        first ??= { error };
        failure.abort(error);
      }
    }
  }

  await Promise.all(Array.from({ length: Math.min(workers, items.length) }, worker));
  if (first) throw first.error;
  signal.throwIfAborted();
}
