import { isCode } from '../std/index.ts';
import type { RowData, Table, Version } from '../table/index.ts';
import type { Checkpoints } from './checkpoints.ts';
import { MoveError } from './errors.ts';

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
    try {
      const { marks } = await target.load(rows, {
        marks: [this.#checkpoints.repairMark(this.#version)],
        signal,
      });
      this.#version = marks[0]?.version ?? this.#version;
    } catch (error) {
      if (!isCode(error, 'TABLE_VERSION_MISMATCH', 'TABLE_ROW_ABSENT')) throw error;
      throw new MoveError(
        'MOVE_OWNERSHIP_LOST',
        `another process has taken over the repair of ${target.name}`,
        {
          effect: 'none',
          cause: error,
          hint: 'See what it is doing with "changeover status".',
        },
      );
    }
  }
}
