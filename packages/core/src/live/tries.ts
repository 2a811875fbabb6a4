import type { Clock, Effect } from '../std/index.ts';
import { TableError } from '../table/index.ts';

/** So often something is tried that somebody else can be faster at, before its caller is told. */
const TRIES_MAX = 64;
/** The first ones follow at once: whoever was faster is done. */
const AT_ONCE = 4;
const PAUSE_MIN_MS = 4;
const PAUSE_MAX_MS = 1000;

/** How often something has been tried. Each loop that begins again because of a lost race has one, so that it ends. */
export class Tries {
  readonly #doing: string;
  readonly #partitionKey: string | undefined;
  readonly #effect: Effect;
  #count = 0;

  /** `effect` is what is told of a doing that is given up: a worker's may be done in part. */
  constructor(doing: string, partitionKey?: string, effect: Effect = 'unknown') {
    this.#doing = doing;
    this.#partitionKey = partitionKey;
    this.#effect = effect;
  }

  /** Before it is tried once more. Throws `TABLE_THROTTLED` when it was tried too often. */
  next(): void {
    this.#count += 1;
    if (this.#count < TRIES_MAX) return;
    const where = this.#partitionKey === undefined ? '' : ` partition ${JSON.stringify(this.#partitionKey)}`;
    throw new TableError('TABLE_THROTTLED', `${this.#doing}${where} came to nothing, ${TRIES_MAX} times`, {
      effect: this.#effect,
      hint: 'Either it changes all the time, or its store gives no answer to writes. Try again later.',
    });
  }

  /** The same, after a pause that grows. */
  async pause(clock: Clock, signal?: AbortSignal): Promise<void> {
    this.next();
    const pauses = this.#count - AT_ONCE;
    if (pauses >= 0) await pause(clock, Math.min(PAUSE_MAX_MS, PAUSE_MIN_MS * 2 ** pauses), signal);
  }
}

/** Sleeps between two attempts. Throws `TABLE_ABORTED`, effect none, as soon as the signal aborts. */
async function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch (cause) {
    throw new TableError('TABLE_ABORTED', 'the operation was aborted between two attempts', {
      effect: 'none',
      cause,
    });
  }
}
