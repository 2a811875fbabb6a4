import type { Hint } from './decide-unread.ts';

/** Enough for the partitions that a client is busy with; a hint that is not there costs one read. */
const HINTS_MAX = 10_000;

/**
 * Where partitions stood when they were last heard of. Only ever a guess where to ask first: the fence, or the meta in the
 * answer, says whether it was right. So nothing need be thrown away when anything changes.
 */
export class Hints {
  readonly #hints = new Map<string, Hint>();

  get(partitionKey: string): Hint | undefined {
    return this.#hints.get(partitionKey);
  }

  set(partitionKey: string, { epoch, complete }: Hint): void {
    const known = this.#hints.get(partitionKey);
    if (known?.epoch === epoch && known.complete === complete) return;
    this.#hints.delete(partitionKey);
    this.#hints.set(partitionKey, { epoch, complete });
    if (this.#hints.size > HINTS_MAX) this.#hints.delete(this.#hints.keys().next().value as string);
  }

  forget(partitionKey: string): void {
    this.#hints.delete(partitionKey);
  }
}
