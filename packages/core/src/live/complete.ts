import { copy } from './copy.ts';
import { dropFence, raiseFence } from './meta.ts';
import { ownerOf } from './side.ts';
import { Tries } from './tries.ts';
import { bare, change, type Metas, overOf, type StepOutcome, type Work } from './turn.ts';

/**
 * Copies all there is, and says so. From then on the owner alone has the partition, its fence is another one, so that no
 * batch that was made for before can arrive any more (R1), and nothing of it is garbage.
 */
export async function copyAndComplete(work: Work, metas: Metas, epoch: number): Promise<StepOutcome> {
  const copied = await copy(work, metas, epoch);
  return copied === 'done' ? complete(work, metas, epoch) : copied;
}

async function complete(work: Work, before: Metas, epoch: number): Promise<StepOutcome> {
  const { partitionKey, plan } = work;
  const side = ownerOf(epoch);
  let metas = before;
  for (const tries = new Tries('completing', partitionKey); ; tries.next()) {
    const over = overOf(metas, plan);
    if (over) return over;
    const seen = metas[side];
    if (seen?.state !== 'open' || seen.epoch !== epoch) return 'moved';
    if (seen.complete) return 'done';
    const meta = { ...bare(seen), complete: true, floor: 0, born: false, plan };
    const fences = [dropFence(partitionKey, seen), raiseFence(partitionKey, meta)];
    metas = await change(work, metas, seen, meta, fences);
  }
}
