import { reads, writes } from './footprint.ts';
import type { Call, Parking } from './parking.ts';
import type { VirtualClock } from './virtual-clock.ts';

const READS_TIME = reads('#time');
const PASSES_TIME = writes('#time');

/** The clock of a run. Reading the time touches it, and a timer that fires moves it on: their order matters. */
export function sleeper(parking: Parking): VirtualClock {
  const timer = (ms: number, label: string, effect: () => void, more: Pick<Call<void>, 'holds'> = {}) => {
    const due = clock.now() + Math.max(0, ms);
    const call = { label: `${label}(${ms})`, footprint: PASSES_TIME, execute: effect, due, ...more };
    return { call, fired: parking.park(call) };
  };
  /** Whether a timer fires before it is cancelled is an order that matters, too. */
  const cancel = (call: Call<void>) => {
    parking.touch(READS_TIME);
    parking.unpark(call);
  };
  const now = () => {
    parking.touch(READS_TIME);
    return parking.now();
  };
  const clock: VirtualClock = {
    now,
    monotonic: now,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      const { call, fired } = timer(ms, 'sleep', () => undefined);
      if (!signal) return fired;
      return new Promise((resolve, reject) => {
        const abort = () => {
          cancel(call);
          reject(signal.reason);
        };
        signal.addEventListener('abort', abort, { once: true });
        void fired.then(() => {
          signal.removeEventListener('abort', abort);
          resolve();
        });
      });
    },
    after: (ms, callback) => {
      const { call } = timer(ms, 'timer', callback, { holds: false });
      return () => cancel(call);
    },
  };
  return clock;
}
