/** A process that was stopped finds its timers due before it has looked at what came meanwhile. */
const LATE_MS = 50;
const GRACE_MS = 250;

/** Gives up after some time, or with a signal. `end` must be called, whatever comes of what it was for. */
export function patience(
  ms: number,
  signal: AbortSignal | undefined,
): { readonly signal: AbortSignal; end(): void } {
  const over = new AbortController();
  let due = performance.now() + ms;
  let timer = setTimeout(ring, ms);
  return {
    signal: signal ? AbortSignal.any([signal, over.signal]) : over.signal,
    end: () => clearTimeout(timer),
  };

  function ring(): void {
    if (performance.now() - due < LATE_MS) return over.abort();
    due = performance.now() + GRACE_MS;
    timer = setTimeout(ring, GRACE_MS);
  }
}
