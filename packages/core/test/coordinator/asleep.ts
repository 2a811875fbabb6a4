import type { ControlStore } from 'changeover/control';
import type { Death } from './mortal.ts';

const WRITES = ['put', 'delete', 'append', 'openSession', 'endSession'];

/**
 * A control store as a process sees it that falls asleep at one of its writes, before or after it counts: nothing that it
 * asks for happens before it wakes.
 */
export function asleep(
  inner: ControlStore,
  from: Death,
  onSleep: () => void,
  woken: Promise<void>,
): ControlStore {
  let writes = 0;
  let sleeps = false;
  const sleep = (): Promise<void> => {
    sleeps = true;
    onSleep();
    return woken;
  };
  return new Proxy(inner, {
    get(_, name) {
      const value: unknown = Reflect.get(inner, name, inner);
      if (typeof value !== 'function' || typeof name !== 'string') return value;
      return (...args: unknown[]) => {
        const act = () => value.apply(inner, args) as Promise<unknown>;
        if (sleeps) return woken.then(act);
        if (!WRITES.includes(name)) return act();
        writes += 1;
        if (writes !== from.write) return act();
        return from.applied ? slowly(act, sleep) : sleep().then(act);
      };
    },
  });
}

async function slowly(act: () => Promise<unknown>, sleep: () => Promise<void>): Promise<unknown> {
  try {
    return await act();
  } finally {
    await sleep();
  }
}
