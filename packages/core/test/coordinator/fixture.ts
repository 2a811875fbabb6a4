import { setImmediate } from 'node:timers/promises';
import { MemoryControl, type Owner } from 'changeover/control';
import { createMigration, type Goal, type LiveEvent, reach, setGoal } from 'changeover/coordinator';
import { openTable, placesOf } from 'changeover/cutover';
import type { MigratingTable } from 'changeover/live';
import { type Clock, seededRandom } from 'changeover/std';
import { type Manifest, MemoryStore, type Store, type Table } from 'changeover/table';

const owner: Owner = { host: 'here', pid: 1, processStart: '1', bootId: '1', label: 'test' };
export const NAME = 'orders';

/** Time that passes as soon as nobody has anything else to do. */
function eagerClock(): Clock {
  let now = 1;
  return {
    now: () => now,
    async sleep(ms, signal) {
      const due = now + ms;
      await setImmediate(undefined, signal ? { signal } : {});
      now = Math.max(now, due);
    },
  };
}

/** Two stores in memory and a control store, as several processes would find them. */
export class Scene {
  readonly clock = eagerClock();
  readonly random = seededRandom(7);
  readonly control = new MemoryControl({ clock: this.clock, random: this.random });
  readonly stores: { readonly source: MemoryStore; readonly target: MemoryStore };
  readonly events: LiveEvent[] = [];

  constructor(manifest: Partial<Manifest> = {}) {
    this.stores = {
      source: new MemoryStore({ name: 'source', manifest }),
      target: new MemoryStore({ name: 'target', manifest }),
    };
  }

  /** Whoever opens a store closes it; here the rows would go with it. */
  readonly resolve = async (url: string): Promise<{ store: Store; table: string | undefined }> => {
    const store = this.stores[url as 'source' | 'target'];
    const kept = new Proxy(store, {
      get(inner, name) {
        if (name === 'close') return async () => undefined;
        const value: unknown = Reflect.get(inner, name, inner);
        return typeof value === 'function' ? value.bind(inner) : value;
      },
    });
    return { store: kept, table: undefined };
  };

  async create(partitions: readonly string[], rowsEach: number): Promise<void> {
    await this.stores.source.create('t');
    const table = await this.stores.source.open('t');
    for (const partitionKey of partitions) {
      for (let row = 0; row < rowsEach; row += 1) {
        await table.write([{ kind: 'insert', partitionKey, rowKey: `r${row}`, properties: {} }]);
      }
    }
    await createMigration({
      ...this.#base(),
      name: NAME,
      source: { url: 'source', table: 't' },
      target: { url: 'target', table: 't' },
      dryRun: false,
      signal: new AbortController().signal,
    });
  }

  open(options: { readonly group?: string; readonly leaseMs?: number } = {}): Promise<MigratingTable> {
    return openTable(NAME, { ...this.#base(), ...options });
  }

  async go(
    goal: Partial<Goal>,
    options: { signal?: AbortSignal; healthy?: () => Promise<string | undefined> } = {},
  ) {
    await this.aim(goal);
    await this.reach(options);
  }

  /** Says where it shall go. */
  async aim(goal: Partial<Goal>): Promise<void> {
    const base = this.#base();
    const places = await placesOf(this.control, NAME);
    await setGoal({ ...base, places }, { side: 'target', until: 'alone', range: null, wipe: false, ...goal });
  }

  /** Brings it there. */
  async reach(options: Partial<Parameters<typeof reach>[0]> = {}): Promise<void> {
    const signal = new AbortController().signal;
    const onEvent = (event: LiveEvent) => void this.events.push(event);
    const places = await placesOf(this.control, NAME);
    await reach({ ...this.#base(), places, threads: 2, signal, onEvent, ...options });
  }

  side(side: 'source' | 'target', reserved = true): Promise<Table> {
    return this.stores[side].open('t', { reserved });
  }

  async keys(side: 'source' | 'target'): Promise<readonly string[]> {
    const table = await this.side(side);
    const { rows } = await table.scan();
    return rows.map(({ partitionKey, rowKey }) => `${partitionKey}/${rowKey}`);
  }

  #base() {
    const { control, clock, random, resolve } = this;
    return { control, clock, random, resolve, owner, probe: () => 'alive' as const };
  }
}
