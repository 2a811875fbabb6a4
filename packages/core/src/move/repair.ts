import { isCode } from '../std/index.ts';
import { type Row, type RowKey, sameProperties, type Table } from '../table/index.ts';
import { batchesOf, differentProperties } from '../transfer/index.ts';
import type { Difference } from './events.ts';
import type { RepairFence } from './repair-fence.ts';

/** Differences that are mended together. Each holds a key and two rows in memory. */
const BATCH_ROWS = 200;

export interface RepairTables {
  readonly source: Table;
  readonly target: Table;
  readonly fence: RepairFence;
}

export interface RepairOptions {
  readonly deleteExtra: boolean;
  readonly signal: AbortSignal;
  /** Every difference that is still there after all. */
  onLeft(difference: Difference): Promise<void>;
}

export interface RepairCounts {
  /** Rows that were inserted or overwritten, and then found to be the same. */
  readonly repaired: number;
  readonly deleted: number;
}

/**
 * Mends one table, difference by difference, in batches.
 *
 * What a validation found is only where to look: both rows are read again, the source's is written, and both are read
 * once more. A row that is still not the same is left, and told. An extra row is deleted only on condition of the very
 * version that was read, and only if the source still has none of its key.
 */
export class Repairer {
  readonly #tables: RepairTables;
  readonly #options: RepairOptions;
  #waiting: Difference[] = [];
  #mending: Promise<void> = Promise.resolve();
  #repaired = 0;
  #deleted = 0;

  constructor(tables: RepairTables, options: RepairOptions) {
    this.#tables = tables;
    this.#options = options;
  }

  get counts(): RepairCounts {
    return { repaired: this.#repaired, deleted: this.#deleted };
  }

  /** Takes a difference to be mended; waits while a batch of them is at work. */
  async take(difference: Difference): Promise<void> {
    this.#waiting.push(difference);
    if (this.#waiting.length >= BATCH_ROWS) await this.finish();
  }

  /** Mends what is waiting. Several comparisons may call this at once; batches are mended one after another. */
  finish(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    const mended = this.#mending.then(() => this.#mend(batch));
    // Whoever waits for this batch hears of its failure; the one behind it must not be refused because of it.
    this.#mending = mended.catch(() => undefined);
    return mended;
  }

  async #mend(batch: readonly Difference[]): Promise<void> {
    const { source, target } = this.#tables;
    const rows = await this.#readAll(source, batch);
    await this.#writeAll(rows.filter((row) => row !== undefined));
    if (this.#options.deleteExtra) {
      const extra = batch.filter((_, index) => rows[index] === undefined);
      for (const key of extra) await this.#deleteExtra(key);
    }
    const [sources, targets] = [await this.#readAll(source, batch), await this.#readAll(target, batch)];
    for (const [index, difference] of batch.entries()) {
      await this.#settle(difference, sources[index], targets[index]);
    }
  }

  async #readAll(table: Table, keys: readonly RowKey[]): Promise<readonly (Row | undefined)[]> {
    const { signal } = this.#options;
    return Promise.all(
      keys.map(({ partitionKey, rowKey }) => table.get({ partitionKey, rowKey }, { signal })),
    );
  }

  async #writeAll(rows: readonly Row[]): Promise<void> {
    const { target, fence } = this.#tables;
    for (const batch of batchesOf(rows, target.manifest.load)) {
      await fence.load(target, batch.rows, this.#options.signal);
    }
  }

  async #deleteExtra(key: RowKey): Promise<void> {
    const { target } = this.#tables;
    const { signal } = this.#options;
    const row = await target.get(key, { signal });
    if (!row) return;
    const { partitionKey, rowKey, version } = row;
    try {
      await target.write([{ kind: 'delete', partitionKey, rowKey, condition: version }], { signal });
      this.#deleted += 1;
    } catch (error) {
      // Somebody else writes to it. It is theirs to explain, and is reported as left.
      if (!isCode(error, 'TABLE_VERSION_MISMATCH', 'TABLE_ROW_ABSENT')) throw error;
    }
  }

  async #settle(difference: Difference, source: Row | undefined, target: Row | undefined): Promise<void> {
    if (!source && !target) return;
    if (source && target && sameProperties(source.properties, target.properties)) {
      this.#repaired += 1;
      return;
    }
    const kind = !target ? 'missing' : !source ? 'extra' : 'different';
    await this.#options.onLeft({ ...difference, kind, properties: differentProperties(source, target) });
  }
}
