import { bring, MigratingTable, type Phase, type Side, type Sides } from 'changeover/live';
import { VirtualClock } from 'changeover/std';
import { RESERVED_TABLE_PREFIX, type Store, type Table } from 'changeover/table';
import type { ContractFactory, ContractSkip, ContractSubject } from 'changeover/table/contract';

/** How a partition stands whenever the application gets to it. */
export interface Stand {
  readonly phase: Phase;
  /** Who changes the phase waits for this table, so that it need not look whether a side has everything. */
  readonly waitedFor?: boolean;
  /** What a partition does after every write, so that what was written lies on the other side when it is read. */
  readonly after: readonly { readonly to: Side; readonly until: 'turned' | 'copied' | 'complete' }[];
}

const managed = (born: Side): Phase => ({ kind: 'managed', born, plan: 1 });

/** Every phase, and every state of a partition in the managed ones, with turns in between. */
export const STANDS: Readonly<Record<string, Stand>> = {
  'source only': { phase: { kind: 'alone', side: 'source', clean: true }, after: [] },
  'managed, and never turned': { phase: managed('source'), after: [] },
  'managed, and born on the target': { phase: managed('target'), after: [] },
  'turned after the first write': {
    phase: managed('source'),

    after: [{ to: 'target', until: 'turned' }],
  },
  'copied to the target': { phase: managed('source'), after: [{ to: 'target', until: 'copied' }] },
  'complete on the target': {
    phase: managed('source'),

    after: [{ to: 'target', until: 'complete' }],
  },
  'turned there and back after every write': {
    phase: managed('source'),

    after: [
      { to: 'target', until: 'turned' },
      { to: 'source', until: 'turned' },
    ],
  },
  'complete there, and turned back': {
    phase: managed('source'),

    after: [
      { to: 'target', until: 'complete' },
      { to: 'source', until: 'turned' },
    ],
  },
  'complete there, and complete back': {
    phase: managed('source'),

    after: [
      { to: 'target', until: 'complete' },
      { to: 'source', until: 'complete' },
    ],
  },
  'target only': { phase: { kind: 'alone', side: 'target', clean: false }, after: [] },
  'target only, waited for': {
    phase: { kind: 'alone', side: 'target', clean: false },
    waitedFor: true,
    after: [],
  },
  'source only, waited for': {
    phase: { kind: 'alone', side: 'source', clean: true },
    waitedFor: true,
    after: [],
  },
  'source only, after a way back': {
    phase: { kind: 'alone', side: 'source', clean: false },

    after: [],
  },
  finalized: { phase: { kind: 'alone', side: 'target', clean: true }, after: [] },
};

/** What a migrating table does not pass, and why. */
export const LIVE_SKIPS: readonly ContractSkip[] = [
  {
    title: 'rename: it is refused where the store cannot do it, and the table stays as it is',
    reason: 'a migrating table lies on two stores and has none of its own that could refuse',
  },
];

/** Two places to put the sides of a table, new and empty. */
export type MakeStores = () => Promise<{ source: Store; target: Store; close(): Promise<void> }>;

/** The contract of a migrating table, whose partitions move while the suite runs. */
export async function liveFactory(makeStores: MakeStores, stand: Stand): Promise<ContractFactory> {
  const sample = await createSubject(makeStores, stand);
  const { manifest } = await sample.open();
  await sample.close();
  return { manifest, offers: {}, create: () => createSubject(makeStores, stand) };
}

async function createSubject(makeStores: MakeStores, stand: Stand): Promise<ContractSubject> {
  const { source, target, close } = await makeStores();
  for (const store of [source, target]) await store.create('subject');
  const openSides = async (): Promise<Sides> => ({
    source: await source.open('subject', { reserved: true }),
    target: await target.open('subject', { reserved: true }),
  });
  const workers = await openSides();
  return {
    store: withClose(source, close),
    open: async () =>
      moving(
        new MigratingTable({
          sides: await openSides(),
          phase: stand.phase,
          ...(stand.waitedFor ? { tenure: { holds: () => true } } : {}),
          clock: new VirtualClock(),
        }),
        workers,
        stand,
      ),
    freeName: 'free',
    reservedName: `${RESERVED_TABLE_PREFIX}free`,
    faults: {},
    close,
  };
}

/** The same table, whose partitions move on after every write. */
function moving(table: Table, sides: Sides, { after }: Stand): Table {
  const move = async (partitionKeys: Iterable<string>) => {
    for (const partitionKey of new Set(partitionKeys)) {
      for (const { to, until } of after)
        await bring(sides, partitionKey, to, { plan: 1, born: 'source', until });
    }
  };
  return new Proxy(table, {
    get(_, name) {
      const value: unknown = Reflect.get(table, name, table);
      if (typeof value !== 'function') return value;
      if (name !== 'write' && name !== 'load') return value.bind(table);
      return async (rows: readonly { partitionKey: string }[], options: unknown) => {
        const result: unknown = await value.call(table, rows, options);
        await move(rows.map(({ partitionKey }) => partitionKey));
        return result;
      };
    },
  });
}

/** Closing the one store closes all that the table lies on. */
function withClose(store: Store, close: () => Promise<void>): Store {
  return new Proxy(store, {
    get(_, name) {
      if (name === 'close') return close;
      const value: unknown = Reflect.get(store, name, store);
      return typeof value === 'function' ? value.bind(store) : value;
    },
  });
}
