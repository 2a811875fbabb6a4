import { refusal, TableError } from './errors.ts';
import { isWellFormed, type RowKey } from './key.ts';
import { RESERVED_TABLE_PREFIX } from './reserved.ts';
import type { Fence, Row, RowData, Write } from './table.ts';
import type { Properties } from './value.ts';

/**
 * The reserved table in which the fences of a store stand, each a row of its own. It is beside the tables that they
 * guard and not in them, so that one fence can guard several, and none falls when a table is dropped and made anew.
 */
export const FENCE_TABLE = `${RESERVED_TABLE_PREFIX}fences`;

/** The key in {@link FENCE_TABLE}: a partition for each fence, so that fences do not wait for one another. */
export function fenceKey(name: string): RowKey {
  return { partitionKey: name, rowKey: 'epoch' };
}

/** All that a fence's row holds. The canonical encoding of it tells one epoch from all others, so SQL can compare that. */
export function fenceProperties(epoch: number): Properties {
  return { epoch: { type: 'int64', value: BigInt(epoch) } };
}

/** The epoch in a fence's row; 0, below every epoch that can be owned, if there is no row. Throws `TABLE_CORRUPT`. */
export function epochOf(found: Pick<RowData, 'properties' | 'partitionKey'> | undefined): number {
  if (!found) return 0;
  const value = found.properties['epoch'];
  const epoch = value?.type === 'int64' ? Number(value.value) : Number.NaN;
  if (isEpoch(epoch)) return epoch;
  const message = `the row of the fence ${JSON.stringify(found.partitionKey)} holds no epoch`;
  throw new TableError('TABLE_CORRUPT', message, { effect: 'none', details: { fence: found.partitionKey } });
}

/** The write that raises a fence from where it was found to `epoch`. It fails if anybody else raised it meanwhile. */
export function raisingWrite(name: string, found: Row | undefined, epoch: number): Write {
  const row = { ...fenceKey(name), properties: fenceProperties(epoch) };
  return found ? { ...row, kind: 'replace', condition: found.version } : { ...row, kind: 'insert' };
}

/** Throws `TABLE_FENCED` unless the fence stands at just the epoch that the write is of. */
export function checkEpoch({ name, epoch }: Fence, actual: number): void {
  if (actual === epoch) return;
  const fence = JSON.stringify(name);
  const details = { fence: name, expected: epoch, actual };
  if (actual > epoch) {
    const message = `epoch ${epoch} of the fence ${fence} has passed: it stands at ${actual}`;
    throw refusal('TABLE_FENCED', message, details, 'Another process has taken over. Stop this one.');
  }
  const message = `the fence ${fence} stands at epoch ${actual}, and not at ${epoch} yet`;
  const hint = 'The data may come from a backup. Raise the fence anew before you write.';
  throw refusal('TABLE_FENCED', message, details, hint);
}

/** Throws `TABLE_OPTION_INVALID` for what no fence can be. */
export function checkFence({ name, epoch }: Fence): void {
  if (name === '' || !isWellFormed(name)) {
    const message = `${JSON.stringify(name)} is no name of a fence: it is empty or not well-formed`;
    throw refusal('TABLE_OPTION_INVALID', message, { option: 'fences' });
  }
  if (isEpoch(epoch)) return;
  const message = `the epoch of the fence ${JSON.stringify(name)} must be a whole number above 0, not ${epoch}`;
  throw refusal('TABLE_OPTION_INVALID', message, { option: 'fences' });
}

function isEpoch(epoch: number): boolean {
  return Number.isSafeInteger(epoch) && epoch > 0;
}
