import type { ControlStore, Owner } from 'changeover/control';
import { MemoryControl } from 'changeover/control';
import type { Difference, MoveContext, MoveEvent, MoveRequest } from 'changeover/move';
import { seededRandom, VirtualClock } from 'changeover/std';
import {
  type Fault,
  FaultyTable,
  MemoryStore,
  type OpenOptions,
  type Row,
  type RowData,
  type Store,
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

export async function newScene(rows: readonly RowData[]): Promise<Scene> {
  const clock = new VirtualClock(1_000_000);
  const source = new MemoryStore({ name: 'source' });
  await source.create('t');
  await put(source, rows);
  return {
    source,
    target: new MemoryStore({ name: 'target' }),
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
  return new Proxy(store, {
    get(inner, name) {
      if (name === 'open') {
        return async (table: string, options?: OpenOptions) => {
          const opened = await inner.open(table, options);
          return options?.reserved ? opened : new FaultyTable(opened, script);
        };
      }
      const member: unknown = Reflect.get(inner, name, inner);
      return typeof member === 'function' ? member.bind(inner) : member;
    },
  });
}
