import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { MemoryControl, type Owner, type ProcessProbe } from 'changeover/control';
import {
  createMigration,
  type Goal,
  type LiveEvent,
  reach,
  runWorker,
  setGoal,
} from 'changeover/coordinator';
import { openTable, placesOf } from 'changeover/cutover';
import type { MigratingTable } from 'changeover/live';
import { type Clock, isCode, seededRandom } from 'changeover/std';
import { type Manifest, MemoryStore, type Store, type Table } from 'changeover/table';
import { asleep } from './asleep.ts';
import { type Death, mortal } from './mortal.ts';
import { Outage } from './outage.ts';

const owner: Owner = { host: 'here', pid: 1, processStart: '1', bootId: '1', label: 'test' };
export const NAME = 'orders';
/** What the source is called once it is retired. */
export const RETIRED = 't_retired_orders';

/** Time that passes as soon as nobody has anything else to do. */
export function eagerClock(): Clock {
  let now = 1;
  return {
    now: () => now,
    monotonic: () => now,
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
  /** What befalls the control store, for all processes. */
  readonly outage = new Outage();
  readonly control = this.outage.over(new MemoryControl({ clock: this.clock, random: this.random }));
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
    }: {
      death?: Death;
      signal?: AbortSignal;
      resolve?: (url: string) => Promise<{ store: Store; table: string | undefined }>;
      threads?: number;
      healthy?: () => Promise<string | undefined>;
    } = {},
  ): Promise<'reached' | 'died'> {
    await this.aim(goal);
    this.#processes += 1;
    const pid = this.#processes;
    const control = death ? mortal(this.control, death, () => this.#dead.add(pid)) : this.control;
    try {
      await this.#reach({ ...options, control, owner: { ...owner, pid } });
      return 'reached';
    } catch (error) {
      if (!this.#dead.has(pid)) throw error;
      return 'died';
    }
  }

  /** Waits until it is where somebody wanted it, whoever that was. */
  async follow(options: { resolve?: () => Promise<never> } = {}): Promise<void> {
    await this.#reach(options);
  }

  /** Drives it to where it was said that it shall go. */
  async drive(): Promise<void> {
    this.#processes += 1;
    await this.#reach({ owner: { ...owner, pid: this.#processes } });
  }

  /** Works beside whoever drives it, as another process. */
  async work(signal: AbortSignal, options: { resolve?: () => Promise<never> } = {}): Promise<void> {
    const places = await placesOf(this.control, NAME);
    this.#processes += 1;
    await runWorker({
      ...this.#base(),
      owner: { ...owner, pid: this.#processes, label: 'worker' },
      places,
      threads: 1,
      signal,
      ...options,
    });
  }

  /** Says where it shall go. */
  async aim(goal: Partial<Goal>): Promise<void> {
    const places = await placesOf(this.control, NAME);
    const whole: Goal = { side: 'target', until: 'alone', range: null, retired: 'kept', ...goal };
    await setGoal({ ...this.#base(), places }, whole);
  }

  /**
   * Drives it to a goal as a process that falls asleep on the way, for longer than its lease. Resolves when it sleeps, or
   * has come to its end, then `undefined`; `wake` resolves when it has ended.
   */
  async goAsleep(goal: Partial<Goal>, from: Death): Promise<{ wake(): Promise<void> } | undefined> {
    const alarm = new AbortController();
    const woken = once(alarm.signal, 'abort').then(() => undefined);
    await this.aim(goal);
    this.#processes += 1;
    let going: Promise<unknown> = Promise.resolve();
    const sleeps = await new Promise((resolve, reject) => {
      const control = asleep(this.control, from, () => resolve(true), woken);
      going = this.#reach({ control, owner: { ...owner, pid: this.#processes } });
      going.then(() => resolve(false), reject);
    });
    if (!sleeps) return undefined;
    return {
      wake: async () => {
        alarm.abort();
        // It hears that another has gone on, or has nothing left to do.
        await going.catch((error: unknown) => {
          if (!isCode(error, 'LIVE_OVERTAKEN', 'CONTROL_LEASE_LOST', 'TABLE_FENCED')) throw error;
        });
      },
    };
  }

  /** A table, under whatever name it has by now. */
  async side(side: 'source' | 'target', reserved = true): Promise<Table> {
    const [name = 't'] = await this.stores[side].list();
    return this.stores[side].open(name, { reserved });
  }

  async keys(side: 'source' | 'target'): Promise<readonly string[]> {
    const table = await this.side(side);
    const { rows } = await table.scan();
    return rows.map(({ partitionKey, rowKey }) => `${partitionKey}/${rowKey}`);
  }

  /** What lies on the sides is what a migration with this goal leaves. */
  async check({ side = 'target', until, retired = 'kept' }: Partial<Goal>): Promise<void> {
    if (until !== 'clean') return;
    const ours = (key: string) => key.includes('_changeover');
    assert.deepEqual((await this.keys(side)).filter(ours), []);
    if (side === 'source') assert.deepEqual(await this.keys('target'), []);
    else assert.deepEqual(await this.stores.source.list(), [retired === 'kept' ? 't' : RETIRED]);
    if (retired === 'wiped') assert.deepEqual(await this.keys('source'), []);
  }

  async #reach(options: Partial<Parameters<typeof reach>[0]>): Promise<void> {
    const places = await placesOf(this.control, NAME);
    const signal = new AbortController().signal;
    const onEvent = (event: LiveEvent) => void this.events.push(event);
    await reach({ ...this.#base(), places, threads: 2, signal, onEvent, ...options });
  }

  #base() {
    const { control, clock, random, resolve } = this;
    const probe: ProcessProbe = ({ pid }) => (this.#dead.has(pid) ? 'dead' : 'alive');
    return { control, clock, random, resolve, owner, probe };
  }
}
