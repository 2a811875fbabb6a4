import {
  type Fault,
  FaultyTable,
  type Manifest,
  MemoryStore,
  type OpenOptions,
  RESERVED_TABLE_PREFIX,
} from 'changeover/table';
import {
  type ActiveFault,
  CONTRACT_COLUMNS,
  type ContractFactory,
  type ContractOffers,
  type ContractSubject,
  type FaultKind,
} from 'changeover/table/contract';

/** Memory in all its guises. Together they meet every need that a contract case has. */
export const MEMORY_FACTORIES: Readonly<Record<string, ContractFactory>> = {
  'the memory store': memoryFactory(),
  'the memory store with small limits': memoryFactory({
    atomicBatch: { rows: 12, bytes: 20_000 },
    atomicQuery: { rows: 30, bytes: 20_000 },
    scan: { pageRows: 7, nativeOrder: 'utf8' },
    load: { rows: 50, bytes: 20_000, atomic: true, marks: false },
    fencing: false,
    rename: false,
    limits: { keyBytes: 300, rowBytes: 15_000, properties: 25, propertyNameBytes: 60 },
    valueTypes: ['string', 'boolean', 'int32', 'int64', 'double', 'datetime', 'guid', 'binary'],
  }),
  'the memory store with fixed columns': memoryFactory(
    {
      layout: 'mapped',
      check: false,
      snapshotRead: false,
      deletesAbsent: false,
      columns: Object.entries(CONTRACT_COLUMNS).map(([name, type]) => ({ name, type, required: false })),
    },
    { properties: CONTRACT_COLUMNS },
  ),
  'a faulty table whose timed out requests were lost': faultyFactory('lostRequest'),
  'a faulty table whose timed out requests were served': faultyFactory('lostReply'),
};

function memoryFactory(manifest: Partial<Manifest> = {}, offers: ContractOffers = {}): ContractFactory {
  return {
    manifest: new MemoryStore({ manifest }).manifest,
    offers: { readOnly: true, ...offers },
    create: () => memorySubject(new MemoryStore({ manifest })),
  };
}

async function memorySubject(store: MemoryStore): Promise<ContractSubject> {
  await store.create('subject');
  return {
    store,
    open: (options) => store.open('subject', options),
    openReadOnly: () => store.readOnlyView().open('subject'),
    freeName: 'free',
    reservedName: `${RESERVED_TABLE_PREFIX}free`,
    faults: {},
    close: () => store.close(),
  };
}

/** Handles that fail as long as a fault is active; a request that times out does so as `timedOut` says. */
function faultyFactory(timedOut: Fault): ContractFactory {
  const store = new MemoryStore();
  return {
    manifest: store.manifest,
    offers: { readOnly: true, faults: ['throttled', 'timedOut', 'unavailable'] },
    create: () => faultySubject(timedOut),
  };
}

async function faultySubject(timedOut: Fault): Promise<ContractSubject> {
  const subject = await memorySubject(new MemoryStore());
  let active: Fault | undefined;
  const begin = (fault: Fault) => async (): Promise<ActiveFault> => {
    active = fault;
    const lift = async () => {
      active = undefined;
    };
    return { reads: true, writes: true, lift };
  };
  const faults: Record<FaultKind, () => Promise<ActiveFault>> = {
    throttled: begin('throttled'),
    timedOut: begin(timedOut),
    unavailable: begin('unavailable'),
  };
  const open = async (options?: OpenOptions) => new FaultyTable(await subject.open(options), () => active);
  return { ...subject, open, faults };
}
