/**
 * How to know that nobody runs any more: every continuation has reached its next await.
 *
 * Promise callbacks and `process.nextTick` run until both queues are empty before anything else happens. So everyone is
 * parked exactly when the queues are empty, and there are two exact ways of getting there.
 */
export type Drain =
  /** Empties the queues before it returns. Works only outside of any promise callback. */
  | { readonly kind: 'sync'; readonly drain: () => void }
  /** Calls back when the queues are empty. */
  | { readonly kind: 'hop'; readonly hop: (callback: () => void) => void };

/**
 * `process._tickCallback` is what Node itself calls to empty both queues after each callback from its event loop. It is
 * undocumented, so it is taken only if it is there and does just that, which `works` finds out.
 */
function tickCallback(): Drain | undefined {
  const drain: unknown = Reflect.get(process, '_tickCallback');
  return typeof drain === 'function' ? { kind: 'sync', drain: drain.bind(process) } : undefined;
}

/**
 * With documented calls only, and exact for code that awaits promises but does not call `process.nextTick` itself. A tick
 * that is asked for from a promise callback runs when the promise callbacks are done. One that is asked for from another
 * tick would run *before* them, hence the step through a promise.
 */
const tickAfterPromises: Drain = {
  kind: 'hop',
  hop: (callback) => void Promise.resolve().then(() => process.nextTick(callback)),
};

/** For platforms where ticks are something else: a whole turn of the event loop each time, about ten times slower. */
const wholeTurn: Drain = { kind: 'hop', hop: (callback) => void setImmediate(callback) };

/** The names of the ways, fastest first. */
export type DrainName = 'tick-callback' | 'tick-after-promises' | 'whole-turn';

const WAYS: Readonly<Record<DrainName, () => Drain | undefined>> = {
  'tick-callback': tickCallback,
  'tick-after-promises': () => tickAfterPromises,
  'whole-turn': () => wholeTurn,
};

const found = new Map<DrainName | undefined, Promise<Drain>>();

/** The fastest way that passes the self-test here, or the one asked for. Throws if that one does not work. */
export function findDrain(wanted?: DrainName): Promise<Drain> {
  const known = found.get(wanted) ?? tryDrains(wanted);
  found.set(wanted, known);
  return known;
}

async function tryDrains(wanted: DrainName | undefined): Promise<Drain> {
  const names = wanted ? [wanted] : (Object.keys(WAYS) as DrainName[]);
  for (const name of names) {
    const drain = WAYS[name]();
    if (drain && (await works(drain, name !== 'tick-after-promises'))) return drain;
  }
  throw new Error(`the tester cannot tell here when everyone is parked; tried: ${names.join(', ')}`);
}

/** Whether promises (and ticks) that beget each other, to a depth that no guess would cover, are done after a drain. */
function works(drain: Drain, withTicks: boolean): Promise<boolean> {
  return new Promise((resolve) => {
    setImmediate(() => {
      let depth = 0;
      const descend = async (): Promise<void> => {
        for (; depth < 300; depth++) {
          await Promise.resolve();
          if (withTicks && depth % 50 === 0) await new Promise<void>((done) => process.nextTick(done));
        }
      };
      void descend();
      if (drain.kind === 'hop') return drain.hop(() => resolve(depth === 300));
      drain.drain();
      resolve(depth === 300);
    });
  });
}
