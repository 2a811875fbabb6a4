import type { OperationOptions } from '../table/index.ts';
import { copyAndComplete } from './complete.ts';
import { copy } from './copy.ts';
import { ownerOf, type Side, type Sides } from './side.ts';
import { Tries } from './tries.ts';
import { type Metas, readMetas, type StepOutcome, turn, type Work } from './turn.ts';

export interface BringOptions extends OperationOptions {
  readonly plan: number;
  /** Where the rows of a partition lie that was never managed. */
  readonly born: Side;
  /** How far: that it owns the partition; that it also has the rows; that it has all of them, and everybody knows. */
  readonly until: 'turned' | 'copied' | 'complete';
  /** Asked before so many rows are copied: holds the worker back while it waits. */
  admit?(rows: number): Promise<void>;
}

/** Brings a partition to a side, from wherever it stands. To be called again after a crash, or at any time. */
export async function bring(
  sides: Sides,
  partitionKey: string,
  side: Side,
  { until, born, ...ask }: BringOptions,
): Promise<StepOutcome> {
  const work: Work = { sides, partitionKey, born, ...ask };
  for (const tries = new Tries('bringing', partitionKey); ; tries.next()) {
    const seen = await readMetas(sides, partitionKey, ask);
    const epoch = nextEpochOf(seen, side, born);
    const { outcome, metas } = await turn(work, seen, epoch);
    if (outcome === 'moved') continue;
    if (outcome !== 'done' || until === 'turned' || epoch === 0) return outcome;
    const brought =
      until === 'copied' ? await copy(work, metas, epoch) : await copyAndComplete(work, metas, epoch);
    if (brought !== 'moved') return brought;
  }
}

/** The first epoch of this side that is not over yet. */
function nextEpochOf({ source, target }: Metas, side: Side, born: Side): number {
  const virgin = source || target ? undefined : born === 'source' ? 0 : 1;
  const last = Math.max(source?.epoch ?? 0, target?.epoch ?? -1);
  const meta = ownerOf(last) === 'source' ? source : target;
  const first = virgin ?? (meta?.state === 'closed' ? last + 1 : last);
  return ownerOf(first) === side ? first : first + 1;
}
