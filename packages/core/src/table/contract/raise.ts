import { isCode } from '../../std/index.ts';
import { epochOf, FENCE_TABLE, fenceKey, raisingWrite } from '../fence.ts';
import type { Fence, Row, Store, Table } from '../table.ts';

const RESERVED = { reserved: true };

/** The table of the store's fences, which is made if need be. */
export async function openFences(store: Store): Promise<Table> {
  if (!(await store.list(RESERVED)).includes(FENCE_TABLE)) await store.create(FENCE_TABLE, RESERVED);
  return store.open(FENCE_TABLE, RESERVED);
}

/** Raises a fence by one, as its only raiser. */
export async function raise(store: Store, name: string): Promise<Fence> {
  const fences = await openFences(store);
  const found = await fences.get(fenceKey(name));
  const epoch = epochOf(found) + 1;
  await fences.write([raisingWrite(name, found, epoch)]);
  return { name, epoch };
}

/** Raises a fence from where it was `found`; false if that has passed. */
export async function tryToRaise(fences: Table, found: Row | undefined, fence: Fence): Promise<boolean> {
  try {
    await fences.write([raisingWrite(fence.name, found, fence.epoch)]);
    return true;
  } catch (error) {
    if (isCode(error, 'TABLE_VERSION_MISMATCH', 'TABLE_ROW_EXISTS')) return false;
    throw error;
  }
}
