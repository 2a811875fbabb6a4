import { systemClock } from '@changeover/stores/host';
import type { Clock } from 'changeover/std';

/** The real time of a process that looks every now and then. */
export class CountingClock implements Clock {
  sleeps = 0;

  now(): number {
    return systemClock.now();
  }

  monotonic(): number {
    return systemClock.monotonic();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.sleeps += 1;
    return systemClock.sleep(ms, signal);
  }
}
