import type { ControlStore } from 'changeover/control';

const WRITES: readonly PropertyKey[] = [
  'put',
  'delete',
  'append',
  'openSession',
  'renewSession',
  'endSession',
];

export interface Crash {
  /** The write at which the process ends, counted from 1. */
  readonly at: number;
  readonly when: 'before' | 'after';
}

/** What a process that was killed gets of everything. */
export class Killed extends Error {}

/** A control store as one process sees it that is killed at a certain write: from then on it can do nothing more. */
export class CrashingControl {
  /** How many writes there were. */
  writes = 0;
  isDead = false;
  readonly seen: ControlStore;

  constructor(control: ControlStore, crash: Crash) {
    this.seen = new Proxy(control, {
      get: (inner, name) => {
        const value: unknown = Reflect.get(inner, name, inner);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => {
          const act = () => value.apply(inner, given) as unknown;
          return WRITES.includes(name) ? this.#write(crash, act) : this.#live(act);
        };
      },
    });
  }

  async #write({ at, when }: Crash, act: () => unknown): Promise<unknown> {
    this.writes += 1;
    if (this.isDead || (this.writes === at && when === 'before')) return this.#die();
    const result = await act();
    return this.writes >= at && when === 'after' ? this.#die() : result;
  }

  #live(act: () => unknown): unknown {
    return this.isDead ? this.#die() : act();
  }

  #die(): Promise<never> {
    this.isDead = true;
    return Promise.reject(new Killed('killed'));
  }
}
