import {
  type Change,
  keyOf,
  type Properties,
  type RowData,
  type RowKey,
  type Write,
} from '../table/index.ts';
import { type Hidden, overHidden, type PhysicalRow, withHidden } from './physical-row.ts';
import type { RefusalCode } from './refusal.ts';
import type { Side } from './side.ts';
import { foreignVersion, ownVersion, virtualVersion } from './virtual-version.ts';

export interface Refusal {
  readonly code: RefusalCode;
}

export interface Around {
  /** The owner's physical row of this key. */
  readonly own: PhysicalRow | undefined;
  /** The physical row that counts, on whichever side. */
  readonly winner: PhysicalRow | undefined;
  readonly epoch: number;
  readonly operation: string | undefined;
  readonly conditional: boolean;
}

export function isRefusal(result: Write | Refusal): result is Refusal {
  return 'code' in result;
}

/** What the owner is sent for one write of the application, or why that fails. */
export function translate(write: Change, around: Around): Write | Refusal {
  const { own, winner, epoch, operation, conditional } = around;
  const current = winner?.tombstone ? undefined : winner;
  const hidden = { tag: epoch, operation };
  const refusal = refusalOf(write, current);
  if (refusal) return refusal;
  switch (write.kind) {
    case 'insert':
    case 'replace':
      return put(write, own, write.properties, hidden);
    case 'merge':
      return mergeInto(write, own, winner, hidden);
    case 'delete': {
      const tombstone = { ...hidden, tombstone: true };
      if (write.condition === undefined && !conditional) return blind(write, {}, tombstone);
      return put(write, own, {}, tombstone);
    }
    case 'upsertReplace':
      if (!conditional) return blind(write, write.properties, hidden);
      return put(write, own, write.properties, hidden);
    case 'upsertMerge': {
      if (conditional)
        return current ? mergeInto(write, own, winner, hidden) : put(write, own, write.properties, hidden);
      // A tombstone has no properties that could shine through; garbage, and what is not copied yet, has.
      if (own === winner) return { ...write, properties: overHidden(write.properties, hidden) };
      return put(write, own, { ...current?.properties, ...write.properties }, hidden);
    }
  }
}

/** The code with which a write fails on the row that the application sees; undefined if it does not. */
export function refusalOf(write: Write, current: PhysicalRow | undefined): Refusal | undefined {
  if (write.kind === 'insert') return current && { code: 'TABLE_ROW_EXISTS' };
  const condition = 'condition' in write ? write.condition : undefined;
  if (condition === undefined) return undefined;
  if (!current) return { code: 'TABLE_ROW_ABSENT' };
  if (condition === '*' || condition === virtualVersion(current)) return undefined;
  return { code: 'TABLE_VERSION_MISMATCH' };
}

/** A write for a side that has the application's rows as they are: only versions are put into the store's own words. */
export function passThrough(side: Side, write: Write): Write {
  const condition = 'condition' in write ? write.condition : undefined;
  if (condition === undefined || condition === '*') return write;
  return { ...write, condition: ownVersion(side, condition) ?? foreignVersion(condition) } as Write;
}

/** A merge into the row that counts, wherever that is. */
function mergeInto(
  write: Write & { readonly properties: Properties },
  own: PhysicalRow | undefined,
  winner: PhysicalRow | undefined,
  hidden: Hidden,
): Write {
  if (own && own === winner) {
    const properties = overHidden(write.properties, hidden);
    return { ...keyOf(write), kind: 'merge', condition: own.version, properties };
  }
  return put(write, own, { ...winner?.properties, ...write.properties }, hidden);
}

/** Writes the whole row, provided that the owner's row is still the one that was read. */
export function put(
  key: RowKey,
  own: PhysicalRow | undefined,
  properties: Properties,
  hidden: Hidden,
): Write {
  const row = { ...keyOf(key), properties: withHidden(properties, hidden) };
  return own ? { ...row, kind: 'replace', condition: own.version } : { ...row, kind: 'insert' };
}

/** Writes the whole row whatever there is. */
export function blind(
  key: RowKey,
  properties: Properties,
  hidden: Hidden,
): RowData & { readonly kind: 'upsertReplace' } {
  return { ...keyOf(key), kind: 'upsertReplace', properties: withHidden(properties, hidden) };
}
