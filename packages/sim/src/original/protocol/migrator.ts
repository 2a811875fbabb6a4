import { copyRow } from './copy-row.ts';
import { isMarked, isReserved, isTombstone, unmarked } from './metadata.ts';
import { ensureSwitched } from './partition-state.ts';
import type { State } from './states.ts';
import type { Row, Store } from './table.ts';
import type { Witness } from './witness.ts';

/** Moves all rows, while applications read and write them. */
export class Migrator {
  readonly #source: Store;
  readonly #target: Store;
  readonly #push: (state: State) => Promise<void>;
  readonly #witness: Witness;

  /** @param push tells all applications, and is done when each has changed */
  constructor(source: Store, target: Store, push: (state: State) => Promise<void>, witness: Witness) {
    this.#source = source;
    this.#target = target;
    this.#push = push;
    this.#witness = witness;
  }

  async migrate(): Promise<void> {
    await this.#push('preferSource');
    await this.#push('preferTarget');
    await this.#copy();
    await this.#push('targetWithTombstones');
    await this.#push('targetOnly');
    await this.#cleanTarget();
    await this.#cleanSource();
  }

  /** Nobody writes to the source any more. A partition may have reserved rows alone: it must be switched all the same. */
  async #copy(): Promise<void> {
    let partition: string | undefined;
    await forEach(this.#source, async (row) => {
      if (row.partition !== partition) await ensureSwitched(this.#source, row.partition);
      partition = row.partition;
      if (!isReserved(row)) await copyRow(this.#target, row, this.#witness);
    });
  }

  /** Nobody reads tombstones and marks any more, but the rows are being written. */
  async #cleanTarget(): Promise<void> {
    await forEach(this.#target, async (found) => {
      for (let row: Row | undefined = found; row && isMarked(row); ) {
        if (await this.#clean(row)) return;
        [row] = await this.#target.query(row.partition, { rows: [row.row] });
      }
    });
  }

  /** False if the row has changed. */
  async #clean(found: Row): Promise<boolean> {
    const { partition, row, version } = found;
    if (isTombstone(found)) {
      return 'versions' in (await this.#target.batch(partition, [{ kind: 'delete', row, version }]));
    }
    const properties = unmarked(found.properties);
    const result = await this.#target.batch(partition, [{ kind: 'replace', row, properties, version }]);
    if ('failed' in result) return false;
    this.#witness.versionChanged(found, result.versions[0] as string);
    return true;
  }

  /** Nobody else uses the source any more. */
  async #cleanSource(): Promise<void> {
    await forEach(this.#source, async ({ partition, row, version }) => {
      const result = await this.#source.batch(partition, [{ kind: 'delete', row, version }]);
      if ('failed' in result) throw new Error(`somebody else has changed ${partition}/${row} in the source`);
    });
  }
}

async function forEach(table: Store, act: (row: Row) => Promise<void>): Promise<void> {
  const stream = await table.open();
  try {
    for (let row = await stream.next(); row; row = await stream.next()) await act(row);
  } finally {
    stream.close();
  }
}
