import { type Change, keyOf, type Write } from '../table/index.ts';
import type { Decision, Send } from './decide.ts';
import type { PhysicalRow } from './physical-row.ts';
import type { Side } from './side.ts';
import { isRefusal, type Refusal, refusalOf } from './translate.ts';
import { ownVersion } from './virtual-version.ts';

/** Decides for a side that has the partition for good, where rows may still carry what the migration left in them. */
export function decideAlone(
  batch: readonly Change[],
  side: Side,
  rows: ReadonlyMap<string, PhysicalRow>,
): Decision {
  const writes: Write[] = [];
  for (const [index, write] of batch.entries()) {
    const result = translateAlone(write, rows.get(write.rowKey));
    if (isRefusal(result)) return { kind: 'refuse', code: result.code, index };
    writes.push(result);
  }
  return unfenced(side, writes, 'races');
}

/** The batch that can be sent without reading first, if there is one. What fails of it is no answer. */
export function decideAloneUnread(batch: readonly Change[], side: Side): Send | undefined {
  const writes = batch.map((write) => translateAloneUnread(write, side));
  return writes.every((write) => write !== undefined) ? unfenced(side, writes, 'races') : undefined;
}

/** A batch that no fence guards. */
export function unfenced(side: Side, writes: readonly Write[], refusals: Send['refusals']): Send {
  return { kind: 'send', side, writes, fence: undefined, birth: undefined, refusals };
}

/** Writes whole rows, so that nothing hidden stays behind; conditions are on just the physical row that was read. */
function translateAlone(write: Change, own: PhysicalRow | undefined): Write | Refusal {
  const current = own?.tombstone ? undefined : own;
  const refusal = refusalOf(write, current);
  if (refusal) return refusal;
  if (write.kind === 'upsertReplace') return write;
  if (write.kind === 'delete') {
    return own && write.condition !== undefined ? { ...write, condition: own.version } : write;
  }
  const merges = write.kind === 'merge' || write.kind === 'upsertMerge';
  const properties = merges ? { ...current?.properties, ...write.properties } : write.properties;
  const row = { ...keyOf(write), properties };
  return own ? { ...row, kind: 'replace', condition: own.version } : { ...row, kind: 'insert' };
}

function translateAloneUnread(write: Change, side: Side): Write | undefined {
  switch (write.kind) {
    case 'insert':
      return write;
    case 'upsertReplace':
      return write;
    case 'delete':
    case 'replace': {
      if (write.condition === undefined) return write;
      const condition = ownVersion(side, write.condition);
      return condition === undefined ? undefined : { ...write, condition };
    }
    case 'merge':
    case 'upsertMerge':
      return undefined;
  }
}
