import type { OperationOptions } from '../table/index.ts';
import { attempt } from './attempt.ts';
import { type CopyOptions, copy } from './copy.ts';
import { dropFence, metaWrite, raiseFence } from './meta.ts';
import { ownerOf, type Sides } from './side.ts';
import { bare, overOf, readMetas, type StepOutcome } from './turn.ts';

/**
 * Copies all there is, and says so. From then on the owner alone has the partition, its fence is another one, so that no
 * batch that was made for before can arrive any more (R1), and nothing of it is garbage.
 */
export async function copyAndComplete(
  sides: Sides,
  partitionKey: string,
  options: CopyOptions,
): Promise<StepOutcome> {
  const copied = await copy(sides, partitionKey, options);
  return copied === 'done' && options.epoch > 0 ? complete(sides, partitionKey, options) : copied;
}

async function complete(
  sides: Sides,
  partitionKey: string,
  { epoch, plan, ...ask }: CopyOptions & OperationOptions,
): Promise<StepOutcome> {
  const side = ownerOf(epoch);
  for (;;) {
    const metas = await readMetas(sides, partitionKey, ask);
    const over = overOf(metas, plan);
    if (over) return over;
    const seen = metas[side];
    if (seen?.state !== 'open' || seen.epoch !== epoch) return 'moved';
    if (seen.complete) return 'done';
    const meta = { ...bare(seen), complete: true, floor: 0, plan };
    await attempt(
      sides[side],
      [metaWrite(partitionKey, seen, meta), dropFence(partitionKey, seen), raiseFence(partitionKey, meta)],
      ask,
    );
  }
}
