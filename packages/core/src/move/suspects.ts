import type { Clock } from '../std/index.ts';
import { type Filter, keyOf, matchesFilter, type Row, type RowKey, type Table } from '../table/index.ts';
import { contentOf, differentProperties, sameRow } from '../transfer/index.ts';
import type { Difference } from './events.ts';

/** Suspects that wait for their second look together: a key and a short text each, never a row. */
const WAITING_MAX = 500;
/** Rows of each side that are in memory at once while they are looked at again. */
const READ_TOGETHER = 25;
/** Longer than a write that is under way takes to reach both sides. */
const PAUSE_MS = 100;
const LOOKS = 3;

export interface SuspectOptions {
  readonly filter: Filter | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** So many more rows are known to be equal, or not to be. */
  onCompared(rows: number): void;
  /** So many rows changed each time they were looked at. */
  onNotCompared(rows: number): void;
  onDifference(difference: Difference): Promise<void>;
}

interface Suspect extends RowKey {
  /** What both sides held when they were last looked at. */
  readonly seen: string;
}

/**
 * Keys whose rows were not the same on both sides when a scan passed them.
 *
 * The two sides are not read at one instant, so that a row which changes meanwhile may look different, missing or extra.
 * After a pause both are read again: a difference is one only if it has stayed as it was. A row that is another each
 * time is neither equal nor different, and counts as not compared.
 */
export class Suspects {
  readonly #source: Table;
  readonly #target: Table;
  readonly #options: SuspectOptions;
  #waiting: Suspect[] = [];

  constructor(source: Table, target: Table, options: SuspectOptions) {
    this.#source = source;
    this.#target = target;
    this.#options = options;
  }

  /** Takes the rows of one key; at least one is there. A side that the filter may have hidden is looked up at once. */
  async add(row: Row | undefined, other: Row | undefined): Promise<void> {
    const { filter, signal } = this.#options;
    const key = keyOf((row ?? other) as Row);
    const source = row ?? (filter ? await this.#source.get(key, { signal }) : undefined);
    const target = other ?? (filter ? await this.#target.get(key, { signal }) : undefined);
    if (source && target && sameRow(source, target)) return this.#options.onCompared(1);
    this.#waiting.push({ ...key, seen: sight(source, target) });
    if (this.#waiting.length >= WAITING_MAX) await this.settle();
  }

  /** Comes to a verdict on all that wait. */
  async settle(): Promise<void> {
    const { clock, signal, onNotCompared } = this.#options;
    let suspects: readonly Suspect[] = this.#waiting;
    this.#waiting = [];
    for (let look = 0; look < LOOKS && suspects.length > 0; look += 1) {
      await clock.sleep(PAUSE_MS, signal);
      suspects = await this.#lookAgain(suspects);
    }
    if (suspects.length > 0) onNotCompared(suspects.length);
  }

  /** Those that have changed since the last look, as they are now. */
  async #lookAgain(suspects: readonly Suspect[]): Promise<readonly Suspect[]> {
    const changing: Suspect[] = [];
    for (let start = 0; start < suspects.length; start += READ_TOGETHER) {
      const some = suspects.slice(start, start + READ_TOGETHER);
      const pairs = await Promise.all(some.map((suspect) => this.#read(suspect)));
      for (const [index, suspect] of some.entries()) {
        const [source, target] = pairs[index] ?? [];
        const seen = sight(source, target);
        if (this.#isSettled(source, target)) this.#options.onCompared(1);
        else if (seen === suspect.seen) await this.#report(suspect, source, target);
        else changing.push({ ...suspect, seen });
      }
    }
    return changing;
  }

  #read(suspect: RowKey): Promise<readonly [Row | undefined, Row | undefined]> {
    const { signal } = this.#options;
    const key = keyOf(suspect);
    return Promise.all([this.#source.get(key, { signal }), this.#target.get(key, { signal })]);
  }

  /** Whether the rows are the same by now, or none of them is to be compared any more. */
  #isSettled(source: Row | undefined, target: Row | undefined): boolean {
    if (source && target && sameRow(source, target)) return true;
    const { filter } = this.#options;
    return ![source, target].some((row) => row && (!filter || matchesFilter(filter, row)));
  }

  async #report(key: RowKey, source: Row | undefined, target: Row | undefined): Promise<void> {
    this.#options.onCompared(1);
    await this.#options.onDifference({
      event: 'difference',
      kind: !target ? 'missing' : !source ? 'extra' : 'different',
      table: this.#source.name,
      ...keyOf(key),
      properties: differentProperties(source, target),
    });
  }
}

function sight(source: Row | undefined, target: Row | undefined): string {
  return `${contentOf(source)} ${contentOf(target)}`;
}
