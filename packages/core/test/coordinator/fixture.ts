import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { MemoryControl, type Owner, type ProcessProbe } from 'changeover/control';
import { createMigration, type Goal, type LiveEvent, reach, setGoal } from 'changeover/coordinator';
import { openTable, placesOf } from 'changeover/cutover';
import type { MigratingTable } from 'changeover/live';
import { type Clock, seededRandom } from 'changeover/std';
import { type Manifest, MemoryStore, type Store, type Table } from 'changeover/table';
import { type Death, mortal } from './mortal.ts';

const owner: Owner = { host: 'here', pid: 1, processStart: '1', bootId: '1', label: 'test' };
export const NAME = 'orders';

/** Time that passes as soon as nobody has anything else to do. */
export function eagerClock(): Clock {
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
  readonly #dead = new Set<number>();
  #processes = 1;

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

  /** Drives it to a goal; with a death, as a process that dies on the way there, or comes to its end. */
  async go(
    goal: Partial<Goal>,
    {
      death,
      ...options
    }: { death?: Death; signal?: AbortSignal; healthy?: () => Promise<string | undefined> } = {},
  ): Promise<'reached' | 'died'> {
    const places = await placesOf(this.control, NAME);
    const base = this.#base();
    const whole: Goal = { side: 'target', until: 'alone', range: null, wipe: false, ...goal };
    await setGoal({ ...base, places }, whole);
    this.#processes += 1;
    const pid = this.#processes;
    const control = death ? mortal(this.control, death, () => this.#dead.add(pid)) : this.control;
    try {
      await reach({
        ...base,
        control,
        owner: { ...owner, pid },
        places,
        threads: 2,
        signal: new AbortController().signal,
        onEvent: (event) => this.events.push(event),
        ...options,
      });
      return 'reached';
    } catch (error) {
      if (!this.#dead.has(pid)) throw error;
      return 'died';
    }
  }

  side(side: 'source' | 'target', reserved = true): Promise<Table> {
    return this.stores[side].open('t', { reserved });
  }

  async keys(side: 'source' | 'target'): Promise<readonly string[]> {
    const table = await this.side(side);
    const { rows } = await table.scan();
    return rows.map(({ partitionKey, rowKey }) => `${partitionKey}/${rowKey}`);
  }

  /** What lies on the sides is what a migration with this goal leaves. */
  async check({ side = 'target', until }: Partial<Goal>): Promise<void> {
    if (until !== 'clean') return;
    const ours = (key: string) => key.includes('_changeover');
    assert.deepEqual((await this.keys(side)).filter(ours), []);
    if (side === 'source') assert.deepEqual(await this.keys('target'), []);
  }

  #base() {
    const { control, clock, random, resolve } = this;
    const probe: ProcessProbe = ({ pid }) => (this.#dead.has(pid) ? 'dead' : 'alive');
    return { control, clock, random, resolve, owner, probe };
  }
}
