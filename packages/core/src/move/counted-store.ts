import type { OpenOptions, Store, Table } from '../table/index.ts';
import type { SideOperations } from './forecast.ts';

interface Counter {
  reads: number;
  writes: number;
}

/** Counts the storage operations of a run, as a forecast counts them: on the tables that are moved, by side. */
export class OperationMeter {
  readonly #source: Counter = { reads: 0, writes: 0 };
  readonly #target: Counter = { reads: 0, writes: 0 };

  /** The same store, but counting for the source. */
  source(store: Store): Store {
    return countedStore(store, this.#source);
  }

  /** The same store, but counting for the target. */
  target(store: Store): Store {
    return countedStore(store, this.#target);
  }

  /** What was counted since the last call, or from the beginning. */
  take(): SideOperations {
    return { source: taken(this.#source), target: taken(this.#target) };
  }
}

function taken(counter: Counter): SideOperations['source'] {
  const { reads, writes } = counter;
  counter.reads = 0;
  counter.writes = 0;
  return { reads, writes };
}

/** Reserved tables, with marks and checkpoints, do not count. */
function countedStore(store: Store, counter: Counter): Store {
  const open = async (name: string, options?: OpenOptions) => {
    const table = await store.open(name, options);
    return options?.reserved ? table : countedTable(table, counter);
  };
  return passingOn(store, (name) => (name === 'open' ? open : undefined));
}

const READS: readonly PropertyKey[] = ['get', 'query', 'scan', 'hashRange'];
const WRITES: readonly PropertyKey[] = ['write', 'load'];

function countedTable(table: Table, counter: Counter): Table {
  return passingOn(table, (name) => {
    if (READS.includes(name)) counter.reads += 1;
    if (WRITES.includes(name)) counter.writes += 1;
    return undefined;
  });
}

/** Stands before `inner`: asks for every member that is used whether to take another, and else gives its own. */
function passingOn<T extends object>(inner: T, other: (name: PropertyKey) => unknown): T {
  return new Proxy(inner, {
    get(_, name) {
      const replaced = other(name);
      if (replaced !== undefined) return replaced;
      const member: unknown = Reflect.get(inner, name, inner);
      return typeof member === 'function' ? member.bind(inner) : member;
    },
  });
}
