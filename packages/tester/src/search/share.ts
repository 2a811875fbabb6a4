/** Which of the schedules of a search, or of its programs, are run here. */
export interface Share {
  owns(at: number): boolean;
  /** Whether this one and all after it need not be run any more. */
  ends(at: number): boolean;
  /** This one failed: later ones need not be run. */
  failed(at: number): void;
}

/** All of them, until the time is up. */
export function wholeShare(timeIsUp: () => boolean): Share {
  return { owns: () => true, ends: timeIsUp, failed: () => undefined };
}

/** Nothing is known to fail. */
export const NONE = 2 ** 31 - 1;

/** Every so many-th chunk, until the time is up, and nothing after the lowest that is known to fail. */
export function shareOf(
  { index, count, lowest }: { readonly index: number; readonly count: number; readonly lowest: Int32Array },
  chunk: number,
  timeIsUp: () => boolean,
): Share {
  return {
    owns: (at) => Math.floor(at / chunk) % count === index,
    ends: (at) => at > Atomics.load(lowest, 0) || timeIsUp(),
    failed: (at) => {
      for (let known = Atomics.load(lowest, 0); at < known; known = Atomics.load(lowest, 0)) {
        Atomics.compareExchange(lowest, 0, known, at);
      }
    },
  };
}

/** A function that says whether so many seconds have passed since now. */
export function timer(seconds: number | undefined): () => boolean {
  if (seconds === undefined) return () => false;
  const end = performance.now() + seconds * 1000;
  return () => performance.now() > end;
}
