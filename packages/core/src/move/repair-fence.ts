import type { RowData, Table, Version } from '../table/index.ts';
import type { Checkpoints } from './checkpoints.ts';
import { loadMarked } from './load-marked.ts';
import { asOwner } from './ownership.ts';

/**
 * Makes every load of a repair depend on nobody having begun another repair since: a process that slept through its
 * lease finds its next load refused, rows and all.
 *
 * Loads go one after another, each on condition of the version that the one before it left.
 */
export class RepairFence {
  readonly #checkpoints: Checkpoints;
  #version: Version;

  private constructor(checkpoints: Checkpoints, version: Version) {
    this.#checkpoints = checkpoints;
    this.#version = version;
  }

  /** From now on every earlier repair of the job is refused. */
  static async raise(checkpoints: Checkpoints): Promise<RepairFence> {
    return new RepairFence(checkpoints, await checkpoints.claimRepair());
  }

  async load(target: Table, rows: readonly RowData[], signal: AbortSignal): Promise<void> {
    const mark = this.#checkpoints.repairMark(this.#version);
    this.#version = await asOwner(`the repair of ${target.name}`, () =>
      loadMarked(this.#checkpoints.beside(target), rows, mark, { signal }),
    );
  }
}
