import type { ControlStore, Owner } from 'changeover/control';
import { MemoryControl } from 'changeover/control';
import type { Difference, MoveContext, MoveEvent, MoveRequest } from 'changeover/move';
import { seededRandom, VirtualClock } from 'changeover/std';
import {
  type Fault,
  FaultyTable,
  type Manifest,
  MemoryStore,
  type MemoryTable,
  type OpenOptions,
  type Row,
  type RowData,
  type Store,
  type Table,
} from 'changeover/table';

export const owner: Owner = { host: 'h', pid: 1, processStart: '0', bootId: 'b', label: 'test' };

/** Where a move happens, and all that it said. */
export interface Scene {
  readonly source: MemoryStore;
  readonly target: MemoryStore;
  readonly control: MemoryControl;
  readonly clock: VirtualClock;
  readonly events: MoveEvent[];
  readonly differences: Difference[];
}

/** Short waits end by themselves, each as soon as it has begun; long ones, as between renewals of a lease, do not. */
class PassingClock extends VirtualClock {
  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const slept = super.sleep(ms, signal);
    if (ms <= 1_000) void this.advance(ms);
    return slept;
  }
}

export async function newScene(rows: readonly RowData[], manifest: Partial<Manifest> = {}): Promise<Scene> {
  const clock = new PassingClock(1_000_000);
  const source = new MemoryStore({ name: 'source', manifest });
  await source.create('t');
  await put(source, rows);
  return {
    source,
    target: new MemoryStore({ name: 'target', manifest }),
    control: new MemoryControl({ clock, random: seededRandom(1) }),
    clock,
    events: [],
    differences: [],
  };
}

export async function put(store: Store, rows: readonly RowData[], table = 't'): Promise<void> {
  const handle = await store.open(table);
  await handle.load(rows);
  await handle.close();
}

export async function remove(store: Store, { partitionKey, rowKey }: RowData): Promise<void> {
  const handle = await store.open('t');
  await handle.write([{ kind: 'delete', partitionKey, rowKey }]);
  await handle.close();
}

export async function rowsOf(store: Store, table = 't'): Promise<readonly Omit<Row, 'version'>[]> {
  const handle = await store.open(table);
  const { rows } = await handle.scan({ limit: 1_000_000 });
  await handle.close();
  return rows.map(({ partitionKey, rowKey, properties }) => ({ partitionKey, rowKey, properties }));
}

export function requestOf(scene: Scene, change: Partial<MoveRequest> = {}): MoveRequest {
  return {
    source: scene.source.readOnlyView(),
    target: scene.target,
    tables: [{ source: 't', target: 't' }],
    filter: undefined,
    steps: undefined,
    threads: 2,
    batchRows: 10,
    rowsPerSecond: undefined,
    recreate: false,
    intoExisting: false,
    deleteExtra: false,
    sourceUrl: 'memory:source#t',
    targetUrl: 'memory:target#t',
    ...change,
  };
}

export function contextOf(
  scene: Scene,
  change: Partial<MoveContext> & { control?: ControlStore } = {},
): MoveContext {
  return {
    control: scene.control,
    clock: scene.clock,
    owner,
    probe: () => 'alive',
    signal: new AbortController().signal,
    onEvent: (event) => scene.events.push(event),
    onDifference: async (difference) => void scene.differences.push(difference),
    ...change,
  };
}

export function numbered(count: number, partitions = 3): readonly RowData[] {
  return Array.from({ length: count }, (_, index) => ({
    partitionKey: `p${index % partitions}`,
    rowKey: String(index).padStart(5, '0'),
    properties: { n: { type: 'int32', value: index }, at: { type: 'string', value: `row ${index}` } },
  }));
}

/** A store whose tables fail as the script says; reserved tables never do. */
export function faulty(store: MemoryStore, script: (operation: string) => Fault | undefined): Store {
  return wrapped(store, (table) => new FaultyTable(table, script));
}

/** A store whose tables are wrapped as they are opened; reserved tables are not. */
export function wrapped(store: MemoryStore, wrap: (table: MemoryTable) => Table): Store {
  return new Proxy(store, {
    get(inner, name) {
      const member: unknown = Reflect.get(inner, name, inner);
      if (name !== 'open') return typeof member === 'function' ? member.bind(inner) : member;
      return async (table: string, options?: OpenOptions) => {
        const opened = await inner.open(table, options);
        return options?.reserved ? opened : wrap(opened);
      };
    },
  });
}

/** Calls `before` ahead of the first load of a table. */
export function beforeFirstLoad(table: MemoryTable, before: () => Promise<void>): Table {
  const load = table.load.bind(table);
  let first = true;
  table.load = async (batch, options) => {
    if (first) {
      first = false;
      await before();
    }
    return load(batch, options);
  };
  return table;
}
