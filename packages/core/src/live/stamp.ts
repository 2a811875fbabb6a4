import type { OperationOptions } from '../table/index.ts';
import { attempt } from './attempt.ts';
import { birthWrites } from './request.ts';
import { ownerOf, type Side, type Sides } from './side.ts';
import { Tries } from './tries.ts';
import {
  bare,
  change,
  type Metas,
  openStep,
  overOf,
  readMetas,
  type StepOutcome,
  take,
  unbegun,
  type Work,
} from './turn.ts';

interface StampOptions extends OperationOptions {
  readonly plan: number;
  /** Where the rows of a partition lie that was never managed. */
  readonly born: Side;
}

/**
 * Marks a partition with a plan, so that every worker of an older one leaves it alone, also one that has read its metas
 * and sleeps. A turn that is half done is finished first: whoever does the other half would not ask for the plan (R17).
 */
export async function stamp(
  sides: Sides,
  partitionKey: string,
  { born, ...ask }: StampOptions,
): Promise<StepOutcome> {
  const work: Work = { sides, partitionKey, born, ...ask };
  let metas = await readMetas(sides, partitionKey, ask);
  for (const tries = new Tries('stamping', partitionKey); ; tries.next()) {
    const over = overOf(metas, work.plan);
    if (over) return over;
    const last = metas[ownerOf(Math.max(metas.source?.epoch ?? 0, metas.target?.epoch ?? -1))];
    if (last?.state === 'open' && last.plan === work.plan) return 'done';
    if (!last) {
      metas = await bear(work, metas);
    } else if (last.state === 'closed') {
      metas = await take(work, metas, openStep(metas, last, work.plan));
    } else {
      metas = await change(work, metas, last, { ...bare(last), plan: work.plan }, []);
    }
  }
}

/** The first meta of a partition. On the target it begins with a source that was never open. */
async function bear(work: Work, metas: Metas): Promise<Metas> {
  const { sides, partitionKey, plan, born, signal } = work;
  const ask = signal ? { signal } : {};
  if (born === 'target') return take(work, metas, { kind: 'bear', meta: unbegun(plan, true) });
  await attempt(sides.source, birthWrites(partitionKey, plan), ask);
  return readMetas(sides, partitionKey, ask);
}
