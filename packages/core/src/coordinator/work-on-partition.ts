import { LiveError } from '../cutover/index.ts';
import {
  bring,
  type Difference,
  forget,
  otherOf,
  retire,
  type Sides,
  type StepOutcome,
  stamp,
  strip,
  validate,
  wipe,
} from '../live/index.ts';
import type { Counts, Task } from './task.ts';

export interface PartitionWork {
  readonly sides: Sides;
  readonly task: Task;
  readonly signal: AbortSignal;
  /** Asked before so many rows are copied. */
  admit(rows: number): Promise<void>;
  onDifference(difference: Difference): Promise<void>;
}

/** How often a partition is compared anew that turns under our hands. */
const COMPARISONS = 3;

/** Does to one partition what a task is about. Can be done again, in part or whole, by anybody. */
export async function workOnPartition(work: PartitionWork, partitionKey: string): Promise<Partial<Counts>> {
  const { sides, task, signal } = work;
  const { side, plan, born } = task;
  const ask = { signal };
  switch (task.kind) {
    case 'stamp':
      check(await stamp(sides, partitionKey, { plan, born, ...ask }));
      return {};
    case 'bring':
    case 'gather':
      return bringPartition(work, partitionKey);
    case 'validate':
      return validatePartition(work, partitionKey);
    case 'retire':
      check(await retire(sides, partitionKey, { side, plan, ...ask }));
      return {};
    case 'strip':
      await strip(sides, partitionKey, side, ask);
      // What was copied to a target that is given up is nobody's any more. A source's rows are an application's.
      if (side === 'source') await wipe(sides, partitionKey, 'target', ask);
      return {};
    case 'forget':
      await forget(sides, partitionKey, side, ask);
      if (side === 'source') await forget(sides, partitionKey, 'target', ask);
      return {};
    case 'wipe':
      await wipe(sides, partitionKey, otherOf(side), ask);
      await forget(sides, partitionKey, otherOf(side), ask);
      return {};
  }
}

async function bringPartition(
  { sides, task: { side, plan, born }, signal, admit }: PartitionWork,
  partitionKey: string,
): Promise<Partial<Counts>> {
  let copied = 0;
  const counted = async (rows: number) => {
    await admit(rows);
    copied += rows;
  };
  check(await bring(sides, partitionKey, side, { plan, born, until: 'complete', signal, admit: counted }));
  return { copied };
}

async function validatePartition(
  { sides, signal, onDifference }: PartitionWork,
  partitionKey: string,
): Promise<Partial<Counts>> {
  for (let comparisons = 1; ; comparisons += 1) {
    const found: Difference[] = [];
    const told = { signal, onDifference: async (difference: Difference) => void found.push(difference) };
    const { outcome, counts } = await validate(sides, partitionKey, told);
    if (outcome === 'moved' && comparisons < COMPARISONS) continue;
    check(outcome);
    for (const difference of found) await onDifference(difference);
    return { ...counts, differences: found.length };
  }
}

/** Somebody else has gone on, with another plan or to the end: what is written down has changed, too. */
function check(outcome: StepOutcome): void {
  if (outcome === 'done' || outcome === 'retired') return;
  throw new LiveError('LIVE_OVERTAKEN', `a partition is ${outcome}: another process has gone on with it`, {
    effect: 'none',
    hint: 'See where the migration stands with "changeover live status".',
  });
}
