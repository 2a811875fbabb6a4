import { bring, type Difference, MigratingTable, type Side, type Sides, validate } from 'changeover/live';
import { VirtualClock } from 'changeover/std';
import {
  type Manifest,
  MemoryStore,
  type Properties,
  RESERVED_PROPERTY_PREFIX,
  type Table,
} from 'changeover/table';

export const PARTITION = 'p';

/** Two empty tables, open for what is reserved, too. */
export async function emptySides(manifest: Partial<Manifest> = {}): Promise<Sides> {
  const open = async (name: Side): Promise<Table> => {
    const store = new MemoryStore({ name, manifest });
    await store.create('t');
    return store.open('t', { reserved: true });
  };
  return { source: await open('source'), target: await open('target') };
}

/** The table as the application has it while it is managed. */
export function managed(sides: Sides): MigratingTable {
  const phase = { kind: 'managed', born: 'source', plan: 1 } as const;
  return new MigratingTable({ sides, phase, clock: new VirtualClock() });
}

export function bringTo(sides: Sides, side: Side, until: 'turned' | 'copied' | 'complete') {
  return bring(sides, PARTITION, side, { plan: 1, born: 'source', until });
}

export function text(value: string): Properties {
  return { text: { type: 'string', value } };
}

/** Writes a row whatever there is; as the application, or behind its back, depending on the table. */
export async function put(table: Table, rowKey: string, properties: Properties): Promise<void> {
  await table.write([{ kind: 'upsertReplace', partitionKey: PARTITION, rowKey, properties }]);
}

export async function remove(table: Table, rowKey: string): Promise<void> {
  await table.write([{ kind: 'delete', partitionKey: PARTITION, rowKey }]);
}

/** What is hidden in a row, as it lies in a store. */
export function hidden(marks: { tag?: number; origin?: string; tombstone?: boolean }): Properties {
  const { tag, origin, tombstone } = marks;
  return {
    ...(tag === undefined
      ? {}
      : { [`${RESERVED_PROPERTY_PREFIX}tag`]: { type: 'int64', value: BigInt(tag) } }),
    ...(origin === undefined
      ? {}
      : { [`${RESERVED_PROPERTY_PREFIX}origin`]: { type: 'string', value: origin } }),
    ...(tombstone ? { [`${RESERVED_PROPERTY_PREFIX}tombstone`]: { type: 'boolean', value: true } } : {}),
  };
}

/** All that a row has in a store, to be written again with something changed. */
export async function stored(table: Table, rowKey: string): Promise<Properties> {
  const row = await table.get({ partitionKey: PARTITION, rowKey });
  if (!row) throw new Error(`there is no row ${rowKey}`);
  return row.properties;
}

export async function validated(sides: Sides) {
  const differences: Difference[] = [];
  const { outcome, counts } = await validate(sides, PARTITION, {
    onDifference: async (difference) => {
      differences.push(difference);
    },
  });
  const found = differences.map(({ rowKey, kind, reason }) => `${rowKey}: ${kind}, ${reason}`);
  return { outcome, counts, found, differences };
}
