import type { OperationOptions } from '../table/index.ts';
import { attempt } from './attempt.ts';
import { birthWrites } from './decide.ts';
import { type Meta, metaWrite } from './meta.ts';
import { ownerOf, type Side, type Sides } from './side.ts';
import { bare, openStep, overOf, readMetas, type StepOutcome, take } from './turn.ts';

/**
 * Marks a partition with a plan, so that every worker of an older one leaves it alone, also one that has read its metas
 * and sleeps. A turn that is half done is finished first: whoever does the other half would not ask for the plan (R17).
 */
export async function stamp(
  sides: Sides,
  partitionKey: string,
  { plan, born, ...ask }: { readonly plan: number; readonly born: Side } & OperationOptions,
): Promise<StepOutcome> {
  for (;;) {
    const metas = await readMetas(sides, partitionKey, ask);
    const over = overOf(metas, plan);
    if (over) return over;
    const epoch = Math.max(metas.source?.epoch ?? 0, metas.target?.epoch ?? -1);
    const side = ownerOf(epoch);
    const last = metas[side];
    if (!last) {
      await bear(sides, partitionKey, { plan, born, ...ask });
    } else if (last.state === 'closed') {
      const step = openStep(metas, last, plan);
      if (step.kind !== 'stop') await take(sides, partitionKey, step, ask);
    } else if (last.plan === plan) {
      return 'done';
    } else {
      await attempt(sides[side], [metaWrite(partitionKey, last, { ...bare(last), plan })], ask);
    }
  }
}

/** The first meta of a partition. On the target it begins with a source that was never open. */
async function bear(
  sides: Sides,
  partitionKey: string,
  { plan, born, ...ask }: { readonly plan: number; readonly born: Side } & OperationOptions,
): Promise<void> {
  const meta: Meta = { epoch: 0, state: 'closed', complete: false, floor: 0, plan };
  if (born === 'target') await take(sides, partitionKey, { kind: 'bear', meta }, ask);
  else await attempt(sides.source, birthWrites(partitionKey, plan), ask);
}
