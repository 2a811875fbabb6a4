import { raiseFence, readFence } from '../fence/index.ts';
import type { Both } from '../live/index.ts';
import { isCode } from '../std/index.ts';
import type { Fence, OperationOptions, Store } from '../table/index.ts';
import type { Places } from './places.ts';

/** A fence that stands may be written under; one that has fallen never stands again. */
const STANDS = 1;
const FALLEN = 2;

/** What clients in a phase write under, where nothing else guards it. */
export function phaseFence({ name, id }: Pick<Places, 'name' | 'id'>, phase: number): Fence {
  return { name: `live/${name}/${id}/phase ${phase}`, epoch: STANDS };
}

/** What workers in a phase write under. */
export function workersFence({ name, id }: Pick<Places, 'name' | 'id'>, phase: number): Fence {
  return { name: `live/${name}/${id}/workers ${phase}`, epoch: STANDS };
}

/** From now on clients and workers of this phase can write. */
export async function beginPhase(
  stores: Both<Store>,
  places: Places,
  phase: number,
  options: OperationOptions = {},
): Promise<void> {
  await raiseIn(stores, workersFence(places, phase), STANDS, options);
  await raiseIn(stores, phaseFence(places, phase), STANDS, options);
}

/** What is written under this fence from now on is refused. Can be done again. */
export function endFence(stores: Both<Store>, fence: Fence, options: OperationOptions = {}): Promise<void> {
  return raiseIn(stores, fence, FALLEN, options);
}

async function raiseIn(
  { source, target }: Both<Store>,
  fence: Fence,
  to: number,
  options: OperationOptions,
): Promise<void> {
  for (const store of [source, target]) if (store.manifest.fencing) await raiseTo(store, fence, to, options);
}

/** Whether every store stops who is late by itself, so that nobody need be waited for whose lease ran out. */
export function stopLateWriters({ source, target }: Both<Store>): boolean {
  return source.manifest.fencing && target.manifest.fencing;
}

async function raiseTo(store: Store, { name }: Fence, to: number, options: OperationOptions): Promise<void> {
  if ((await readFence(store, name, options)) >= to) return;
  try {
    await raiseFence(store, name, { ...options, to });
  } catch (error) {
    // Whoever drove the migration before us was faster, and wanted the same.
    if (!isCode(error, 'TABLE_FENCED')) throw error;
  }
}
