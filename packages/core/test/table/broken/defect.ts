import {
  isReservedProperty,
  type Page,
  type Properties,
  type Row,
  type RowKey,
  type Store,
  type Table,
  type Value,
  type Write,
} from 'changeover/table';
import type { ContractFactory, ContractSubject } from 'changeover/table/contract';

/** A small deliberate fault of a store, and the contract cases that must find it. */
export interface Defect {
  /** What is wrong, as a phrase about the store: `reads an absent row as an empty one`. */
  readonly name: string;
  /** The titles of the cases, every one of which must fail. */
  readonly breaks: RegExp;
  /** Which of the memory stores is damaged; if not said, the first that meets the needs of the case. */
  readonly of?: string;
  /** What a handle on the table does otherwise. */
  table?(inner: Table): Partial<Table>;
  /** What the store does otherwise. */
  store?(inner: Store): Partial<Store>;
  /** What the subject does otherwise. */
  subject?(inner: ContractSubject): Partial<ContractSubject>;
}

/** The factory, but everything that it makes has the defect. */
export function broken(factory: ContractFactory, defect: Defect): ContractFactory {
  return { ...factory, create: async () => brokenSubject(await factory.create(), defect) };
}

function brokenSubject(sound: ContractSubject, defect: Defect): ContractSubject {
  const inner = { ...sound, ...defect.subject?.(sound) };
  const store = defect.store ? overriding(inner.store, defect.store(inner.store)) : inner.store;
  const damaged = (table: Table) => (defect.table ? overriding(table, defect.table(table)) : table);
  return { ...inner, store, open: async (options) => damaged(await inner.open(options)) };
}

/** `inner`, but for the members that `changes` has. */
export function overriding<T extends object>(inner: T, changes: Partial<T>): T {
  return new Proxy(inner, {
    get(target, name) {
      const owner = name in changes ? changes : target;
      const member: unknown = Reflect.get(owner, name, owner);
      return typeof member === 'function' ? member.bind(owner) : member;
    },
  });
}

/** Changes every row that a read gives. */
export function mapRows(inner: Table, map: (row: Row) => Row): Partial<Table> {
  return {
    get: async (key, options) => {
      const row = await inner.get(key, options);
      return row && map(row);
    },
    query: async (partitionKey, options) => (await inner.query(partitionKey, options)).map(map),
    scan: async (options) => {
      const page = await inner.scan(options);
      return { ...page, rows: page.rows.map(map) };
    },
  };
}

/** Changes the properties of every row that a read gives. */
export function mapProperties(inner: Table, map: (properties: Properties) => Properties): Partial<Table> {
  return mapRows(inner, ({ partitionKey, rowKey, version, properties }) => ({
    partitionKey,
    rowKey,
    version,
    properties: map(properties),
  }));
}

/** Changes every value that a read gives. */
export function mapValues(inner: Table, map: (value: Value) => Value): Partial<Table> {
  return mapProperties(inner, (properties) =>
    Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, map(value)])),
  );
}

export function mapWrites(inner: Table, map: (write: Write) => Write): Partial<Table> {
  return { write: (batch, options) => inner.write(batch.map(map), options) };
}

/** Changes every page of a scan. */
export function mapPages(inner: Table, map: (page: Page) => Page): Partial<Table> {
  return { scan: async (options) => map(await inner.scan(options)) };
}

/** The options, but for one. */
export function without<T extends object, K extends keyof T>(options: T | undefined, name: K): Omit<T, K> {
  const others: Partial<T> = { ...options };
  delete others[name];
  return others as Omit<T, K>;
}

/** Every row that `inner` has, whatever its pages. */
export async function everyRow(inner: Table): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let after: RowKey | undefined;
  do {
    const page = await inner.scan(after ? { after } : {});
    rows.push(...page.rows);
    after = page.continuation;
  } while (after);
  return rows;
}

/** The properties that the table can hold; the others are lost without a word. */
export function holdable(inner: Table, properties: Properties): Properties {
  const held = Object.entries(properties).filter(([name, value]) => {
    const alone = { partitionKey: '', rowKey: '', properties: Object.fromEntries([[name, value]]) };
    return !isReservedProperty(name) && !inner.problemOf(alone);
  });
  return Object.fromEntries(held.slice(0, inner.manifest.limits.properties));
}
