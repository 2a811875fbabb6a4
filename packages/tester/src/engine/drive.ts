import type { Drain } from './drain.ts';
import { RejectionWatch } from './rejections.ts';
import type { Run } from './run.ts';

/** A search as it looks from outside: it yields schedules to be run, and looks at each when that is done. */
export type Runs<T> = Generator<Run, T, void>;

/** How long the event loop may stand still before others get their turn. */
const SLICE_MS = 20;

/** Runs all that a search asks for, and gives what it comes to. */
export function drive<T>(runs: Runs<T>, drain: Drain): Promise<T> {
  return new Promise((resolve, reject) => {
    const watch = new RejectionWatch();
    const guarded = (turn: () => T | typeof MORE) => () => {
      try {
        const result = turn();
        if (result !== MORE) resolve(result);
      } catch (error) {
        watch.stop();
        reject(error as Error);
      }
    };
    if (drain.kind === 'sync') {
      const turn = guarded(() => slice(runs, drain.drain, watch, () => setImmediate(turn)));
      setImmediate(turn);
    } else {
      const turn = guarded(() => hops(runs, drain.hop, watch, () => setImmediate(turn)));
      watch.start();
      setImmediate(turn);
    }
  });
}

const MORE = Symbol('more');

/** Whole schedules within one callback of the event loop, so that nothing from outside can come in between. */
function slice<T>(
  runs: Runs<T>,
  drain: () => void,
  watch: RejectionWatch,
  again: () => void,
): T | typeof MORE {
  const until = performance.now() + SLICE_MS;
  watch.start();
  do {
    const next = runs.next();
    if (next.done) {
      watch.stop();
      return next.value;
    }
    watch.run = next.value;
    while (next.value.advance()) drain();
  } while (performance.now() < until);
  watch.stop();
  again();
  return MORE;
}

/** One schedule, which comes back whenever everyone is parked. */
function hops<T>(
  runs: Runs<T>,
  hop: (callback: () => void) => void,
  watch: RejectionWatch,
  again: () => void,
): T | typeof MORE {
  const next = runs.next();
  if (next.done) {
    watch.stop();
    return next.value;
  }
  const run = next.value;
  watch.run = run;
  const go = () => (run.advance() ? hop(go) : again());
  go();
  return MORE;
}
