import { compareKeys, type Filter, type Row, type Table } from '../table/index.ts';
import { differentProperties, type KeyRange, RowStream, sameRow } from '../transfer/index.ts';
import type { Difference } from './events.ts';

export interface CompareOptions {
  readonly filter: Filter | undefined;
  readonly pageRows: number;
  readonly pageBytes: number;
  readonly signal: AbortSignal;
  /** After so many more rows were looked at. */
  onCompared(rows: number): void;
  onDifference(difference: Difference): Promise<void>;
}

/**
 * Compares a key range of two tables row by row, in one pass over both and in constant memory.
 *
 * With a filter, the rows that match on either side are compared, each with the other side's row of that key whether
 * that matches or not: a row whose value has moved out of the filter is different, not missing, and one is extra only
 * if the source has no row of that key at all.
 */
export async function compareRange(
  source: Table,
  target: Table,
  range: KeyRange,
  options: CompareOptions,
): Promise<void> {
  const pages = {
    filter: options.filter,
    rows: options.pageRows,
    bytes: options.pageBytes,
    signal: options.signal,
  };
  const left = new RowStream(source, range, pages);
  const right = new RowStream(target, range, pages);
  const comparison = new Comparison(source, target, options);
  try {
    for (;;) {
      const row = left.head ?? ((await left.fill()) ? left.head : undefined);
      const other = right.head ?? ((await right.fill()) ? right.head : undefined);
      if (!row && !other) return;
      const order = !row ? 1 : !other ? -1 : compareKeys(row, other);
      if (order <= 0) left.advance();
      if (order >= 0) right.advance();
      options.onCompared(1);
      if (order === 0 && sameRow(row as Row, other as Row)) continue;
      await comparison.examine(order <= 0 ? row : undefined, order >= 0 ? other : undefined);
    }
  } finally {
    await left.close();
    await right.close();
  }
}

class Comparison {
  readonly #source: Table;
  readonly #target: Table;
  readonly #options: CompareOptions;

  constructor(source: Table, target: Table, options: CompareOptions) {
    this.#source = source;
    this.#target = target;
    this.#options = options;
  }

  /** Reports rows that are not the same, after looking up a side that the filter may have hidden. */
  async examine(row: Row | undefined, other: Row | undefined): Promise<void> {
    const { filter, signal } = this.#options;
    const source = row ?? (filter && other ? await this.#source.get(other, { signal }) : undefined);
    const target = other ?? (filter && row ? await this.#target.get(row, { signal }) : undefined);
    if (source && target && sameRow(source, target)) return;
    const key = (source ?? target) as Row;
    await this.#options.onDifference({
      event: 'difference',
      kind: !target ? 'missing' : !source ? 'extra' : 'different',
      table: this.#source.name,
      partitionKey: key.partitionKey,
      rowKey: key.rowKey,
      properties: differentProperties(source, target),
    });
  }
}
