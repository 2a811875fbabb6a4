import {
  type Manifest,
  type Properties,
  RESERVED_ROW_PREFIX,
  type Row,
  type RowKey,
  TableError,
  type Value,
  type Version,
  type Write,
} from '../table/index.ts';

/**
 * What a side is to a partition.
 *
 * - `open`: it owns the partition in this epoch; the fence stands.
 * - `closed`: it owned the partition in this epoch, and its rows are frozen.
 * - `alone`: it owns the partition for good, without a fence: the other side is being retired.
 * - `retired`: for good, nobody asks this side any more. What is left of it is to be wiped.
 */
type SideState = 'open' | 'closed' | 'alone' | 'retired';

/** Where one side of a partition stands. */
export interface Meta {
  readonly epoch: number;
  readonly state: SideState;
  /** This side alone has the whole partition: everything was copied to it. Kept when it is closed. */
  readonly complete: boolean;
  /** Rows of this side with a smaller tag are garbage: they do not exist. */
  readonly floor: number;
  /**
   * The partition began on the target, and was not brought there: so clients that use the target *alone*, and delete
   * physically, may meet it before it is complete.
   */
  readonly born: boolean;
  /** The highest plan that has touched the partition: workers of older plans leave it alone. */
  readonly plan: number;
}

/** A meta row as it was read. */
export interface SeenMeta extends Meta {
  readonly version: Version;
}

/** The properties of a meta row. */
export const META_PROPERTIES = ['epoch', 'state', 'complete', 'floor', 'born', 'plan'] as const;

const META = `${RESERVED_ROW_PREFIX}meta`;
const FENCE = `${RESERVED_ROW_PREFIX}fence.`;

export function metaKey(partitionKey: string): RowKey {
  return { partitionKey, rowKey: META };
}

export function isMeta({ rowKey }: RowKey): boolean {
  return rowKey === META;
}

/** The row that exists exactly while its side is open in this epoch, and is, or is not yet, complete. */
function fenceKey(partitionKey: string, { epoch, complete }: Pick<Meta, 'epoch' | 'complete'>): RowKey {
  return { partitionKey, rowKey: `${FENCE}${epoch}${complete ? '.complete' : ''}` };
}

/** Throws `TABLE_CORRUPT` for a row that says nothing that we understand: never a guess. */
export function metaOf(row: Row): SeenMeta {
  const { properties } = row;
  const state = textOf(properties['state']);
  const meta = {
    epoch: numberOf(properties['epoch']),
    state,
    complete: properties['complete']?.value,
    floor: numberOf(properties['floor']),
    born: properties['born']?.value,
    plan: numberOf(properties['plan']),
    version: row.version,
  };
  if (isSeenMeta(meta)) return meta;
  throw new TableError(
    'TABLE_CORRUPT',
    `the meta row of the partition ${JSON.stringify(row.partitionKey)} cannot be read`,
    { effect: 'none', details: { partitionKey: row.partitionKey } },
  );
}

/** The write that sets a meta from what was seen of it: it fails if anybody changed it meanwhile. */
export function metaWrite(partitionKey: string, seen: SeenMeta | undefined, meta: Meta): Write {
  const row = { ...metaKey(partitionKey), properties: metaProperties(meta) };
  return seen ? { ...row, kind: 'replace', condition: seen.version } : { ...row, kind: 'insert' };
}

/** The first write of every managed batch: it succeeds only while the side is open in just this state. */
export function touchFence(
  manifest: Manifest,
  partitionKey: string,
  meta: Pick<Meta, 'epoch' | 'complete'>,
): Write {
  const fence = { ...fenceKey(partitionKey, meta), condition: '*' } as const;
  return writesFences(manifest) ? { ...fence, kind: 'merge', properties: {} } : { ...fence, kind: 'check' };
}

/**
 * Whether every batch writes its fence row, so that this row's version tells whether anything was written. Where a store
 * can check a row without writing it, and can give a partition in one answer however large it is, it need not: then those
 * who write to one partition do not wait for each other.
 */
export function writesFences({ check, snapshotRead }: Manifest): boolean {
  return !(check && snapshotRead);
}

export function raiseFence(partitionKey: string, meta: Pick<Meta, 'epoch' | 'complete'>): Write {
  return { ...fenceKey(partitionKey, meta), kind: 'insert', properties: {} };
}

export function dropFence(partitionKey: string, meta: Pick<Meta, 'epoch' | 'complete'>): Write {
  return { ...fenceKey(partitionKey, meta), kind: 'delete', condition: '*' };
}

function metaProperties({ epoch, state, complete, floor, born, plan }: Meta): Properties {
  return {
    epoch: int64(epoch),
    state: { type: 'string', value: state },
    complete: { type: 'boolean', value: complete },
    floor: int64(floor),
    born: { type: 'boolean', value: born },
    plan: int64(plan),
  };
}

function isSeenMeta(meta: { [Name in keyof SeenMeta]: unknown }): meta is SeenMeta {
  return (
    [meta.epoch, meta.floor, meta.plan].every((each) => Number.isSafeInteger(each)) &&
    ['open', 'closed', 'alone', 'retired'].includes(meta.state as string) &&
    typeof meta.complete === 'boolean' &&
    typeof meta.born === 'boolean'
  );
}

function int64(value: number): Value {
  return { type: 'int64', value: BigInt(value) };
}

function numberOf(value: Value | undefined): number | undefined {
  return value?.type === 'int64' ? Number(value.value) : undefined;
}

function textOf(value: Value | undefined): string | undefined {
  return value?.type === 'string' ? value.value : undefined;
}
