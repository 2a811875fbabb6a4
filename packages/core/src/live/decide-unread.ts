import { type Change, type Condition, keyOf, type RowData, type Write } from '../table/index.ts';
import { type Context, fenced, firstEpoch, type Send } from './decide.ts';
import { overHidden, withHidden } from './physical-row.ts';
import { ownerOf } from './side.ts';
import { isWhole, type Owned } from './standing.ts';
import { blind } from './translate.ts';
import { ownVersion } from './virtual-version.ts';

/** What is believed of a partition from earlier. The fence tells whether it is still so. */
export type Hint = Pick<Owned, 'epoch' | 'complete'>;

/**
 * The batch that can be sent without reading first, if there is one: the fence says whether the hint was right, and the
 * conditions whether the rows are. Whatever fails but in epoch 0 is no answer, only a reason to read.
 */
export function decideUnread(batch: readonly Change[], hint: Hint, context: Context): Send | undefined {
  if (hint.epoch === 0) return firstEpoch(batch);
  if (context.conditional) return undefined;
  const writes = batch.map((write) => translateUnread(write, hint, context.operation));
  if (!writes.every((write) => write !== undefined)) return undefined;
  return fenced(hint, ownerOf(hint.epoch), writes, 'races');
}

function translateUnread(write: Change, hint: Hint, operation: string | undefined): Write | undefined {
  const hidden = { tag: hint.epoch, operation };
  switch (write.kind) {
    case 'upsertReplace':
      return blind(write, write.properties, hidden);
    case 'insert':
      return isWhole(hint) ? { ...write, properties: withHidden(write.properties, hidden) } : undefined;
    case 'upsertMerge':
      return isWhole(hint) ? { ...write, properties: overHidden(write.properties, hidden) } : undefined;
    case 'delete':
      if (write.condition === undefined) return blind(write, {}, { ...hidden, tombstone: true });
      return conditionally(write, hint, blind(write, {}, { ...hidden, tombstone: true }));
    case 'replace':
      return conditionally(write, hint, blind(write, write.properties, hidden));
    case 'merge': {
      const properties = overHidden(write.properties, hidden);
      return conditionally(write, hint, { ...keyOf(write), kind: 'merge', properties });
    }
  }
}

type Unconditional = RowData & { readonly kind: 'merge' | 'upsertReplace' };

/** A version of the owner's own says all that there is to be known of its row, if no other row can hide it. */
function conditionally(
  write: { readonly condition?: Condition },
  hint: Hint,
  { kind, partitionKey, rowKey, properties }: Unconditional,
): Write | undefined {
  // In later epochs the owner may still hold, under its old version, a row that the other side has replaced since (R14).
  if (!isWhole(hint) && hint.epoch > 1) return undefined;
  const condition = write.condition && ownVersion(ownerOf(hint.epoch), write.condition);
  if (condition === undefined) return undefined;
  const how = kind === 'merge' ? kind : 'replace';
  return { kind: how, partitionKey, rowKey, properties, condition };
}
