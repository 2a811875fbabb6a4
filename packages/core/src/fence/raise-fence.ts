import { isCode } from '../std/index.ts';
import {
  checkFence,
  epochOf,
  FENCE_TABLE,
  type Fence,
  fenceKey,
  type OperationOptions,
  raisingWrite,
  refusal,
  type Store,
  type Table,
} from '../table/index.ts';

export interface RaiseOptions extends OperationOptions {
  /**
   * The epoch to raise to, where it was decided elsewhere: that of a lock, or one above what {@link readFence} said. The
   * next one if not given.
   */
  readonly to?: number;
}

/** The epoch at which a fence stands: 0 if it was never raised. Reads only. */
export async function readFence(store: Store, name: string, options: OperationOptions = {}): Promise<number> {
  const fences = await openFences(store, options);
  if (!fences) return 0;
  try {
    return epochOf(await fences.get(fenceKey(name), options));
  } finally {
    await fences.close();
  }
}

/**
 * Raises a fence, and gives the epoch that the caller, and nobody else, owns from now on: every write of an earlier epoch
 * was applied before this returned, or is refused.
 *
 * Throws `TABLE_FENCED` if the fence stands at `to`, or above it, already: somebody else was faster. An error whose effect
 * is unknown may have raised the fence for nobody; raise it again, which costs an epoch.
 */
export async function raiseFence(store: Store, name: string, options: RaiseOptions = {}): Promise<Fence> {
  checkFence({ name, epoch: options.to ?? 1 });
  if (!store.manifest.fencing) {
    throw refusal('TABLE_NOT_SUPPORTED', `the store ${store.manifest.store} cannot check fences`);
  }
  const fences = await createFences(store, options);
  try {
    for (;;) {
      const fence = await tryToRaise(fences, name, options);
      if (fence) return fence;
    }
  } finally {
    await fences.close();
  }
}

/** The fence, or undefined if somebody else raised it since it was read: look again. */
async function tryToRaise(
  fences: Table,
  name: string,
  { to, signal }: RaiseOptions,
): Promise<Fence | undefined> {
  const options = signal ? { signal } : {};
  const found = await fences.get(fenceKey(name), options);
  const actual = epochOf(found);
  const fence = { name, epoch: to ?? actual + 1 };
  if (actual >= fence.epoch) throw taken(fence, actual);
  try {
    await fences.write([raisingWrite(name, found, fence.epoch)], options);
    return fence;
  } catch (error) {
    if (isCode(error, 'TABLE_VERSION_MISMATCH', 'TABLE_ROW_EXISTS')) return undefined;
    throw error;
  }
}

function taken({ name, epoch }: Fence, actual: number): Error {
  return refusal(
    'TABLE_FENCED',
    `the fence ${JSON.stringify(name)} cannot be raised to epoch ${epoch}: it stands at ${actual}`,
    { fence: name, expected: epoch, actual },
    'Another process has taken over.',
  );
}

/** Undefined if no fence of the store was ever raised. */
async function openFences(store: Store, options: OperationOptions): Promise<Table | undefined> {
  try {
    return await store.open(FENCE_TABLE, { ...options, reserved: true });
  } catch (error) {
    if (isCode(error, 'TABLE_NOT_FOUND')) return undefined;
    throw error;
  }
}

async function createFences(store: Store, { signal }: OperationOptions): Promise<Table> {
  const options = { reserved: true, ...(signal ? { signal } : {}) };
  const found = await openFences(store, options);
  if (found) return found;
  try {
    await store.create(FENCE_TABLE, options);
  } catch (error) {
    // Whoever raises another fence made it a moment ago.
    if (!isCode(error, 'TABLE_ALREADY_EXISTS')) throw error;
  }
  return store.open(FENCE_TABLE, options);
}
