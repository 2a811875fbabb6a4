/** The only source of time in core; processes hand in the system's, tests a {@link VirtualClock}. */
export interface Clock {
  /**
   * Milliseconds since 1970-01-01T00:00:00Z: for people, and for what is written down. Somebody may set it, forward or
   * back, at any moment, so that nothing is measured or decided by it.
   */
  now(): number;
  /**
   * Milliseconds since some moment that is this process's own: only ever goes forward, at the pace of real time, whatever
   * is done to the time of day. For whatever lasts. Means nothing to another process.
   */
  monotonic(): number;
  /** Resolves after `ms` milliseconds, or rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

interface Sleeper {
  readonly due: number;
  readonly order: number;
  wake(): void;
}

/** Time that moves only when a test says so. Sleepers wake in the order of their due times. */
export class VirtualClock implements Clock {
  #now: number;
  /** How far somebody has set the time of day. */
  #setByMs = 0;
  #order = 0;
  #sleepers: Sleeper[] = [];

  constructor(startMs = 0) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now + this.#setByMs;
  }

  monotonic(): number {
    return this.#now;
  }

  /** Sets the time of day forward, or back. No time passes with it. */
  set(byMs: number): void {
    this.#setByMs += byMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(asError(signal.reason));
      const onAbort = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(asError(signal?.reason));
      };
      const sleeper: Sleeper = {
        due: this.#now + Math.max(0, ms),
        order: this.#order++,
        wake: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#sleepers.push(sleeper);
    });
  }

  /** How many sleepers wait. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  /** Moves time forward by `ms`, waking every sleeper that falls due, and lets what they resume run. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settle();
    for (let next = this.#nextDue(until); next; next = this.#nextDue(until)) {
      this.#now = next.due;
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      next.wake();
      await settle();
    }
    this.#now = until;
  }

  #nextDue(until: number): Sleeper | undefined {
    return this.#sleepers
      .filter(({ due }) => due <= until)
      .toSorted((a, b) => a.due - b.due || a.order - b.order)[0];
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

/** Lets promise continuations run. Ten hops cover the await chains that tests have between two sleeps. */
async function settle(): Promise<void> {
  for (let hop = 0; hop < 10; hop += 1) await Promise.resolve();
}
