import { setImmediate } from 'node:timers/promises';
import { isCode } from 'changeover/std';
import {
  checkEpoch,
  epochOf,
  FENCE_TABLE,
  type Fence,
  fenceKey,
  hasProperties,
  type LoadOptions,
  refusal,
  type Store,
  type Table,
  TableError,
  type Write,
  type WriteOptions,
  type WriteResult,
} from 'changeover/table';
import { type Defect, mapWrites, overriding, without } from './defect.ts';

/** What is wrong with stores that do not keep a writer out whose epoch has passed. */
export const FENCING: readonly Defect[] = [
  {
    name: 'takes no notice of fences',
    breaks:
      /^fence: .* (has passed is refused, and|has not reached|ever raised|needs every|cannot check it|can be no fence|is told so|writes no mark|comes before that)/,
    table: (inner) => mapFences(inner, () => []),
  },
  {
    name: 'takes no notice of fences in a load',
    breaks: /^fence: a load .*(has passed is refused|comes before that)/,
    table: (inner) => ({ load: (rows, options) => inner.load(rows, without(options, 'fences')) }),
  },
  {
    name: 'lets deletes pass a fence',
    breaks: /^fence: an unconditional delete .*(has passed is refused|comes before that)/,
    table: (inner) => ({
      write: (batch, options) =>
        inner.write(batch, batch.some(isDelete) ? without(options, 'fences') : options),
    }),
  },
  {
    name: 'refuses whatever names a fence',
    breaks: /^fence: .* (stands is applied|does not name|lets through|made anew|as it is)/,
    table: (inner) => {
      const refuse = ({ fences }: WriteOptions = {}) => {
        if (fences?.length) throw refusal('TABLE_FENCED', 'fenced');
      };
      return {
        write: async (batch, options) => {
          refuse(options);
          return inner.write(batch, options);
        },
        load: async (rows, options) => {
          refuse(options);
          return inner.load(rows, options);
        },
      };
    },
    store: (inner) => ({
      open: async (name, options) => {
        const table = await inner.open(name, options);
        return overriding(
          table,
          mapFences(table, () => [{ name: 'none', epoch: 1 }]),
        );
      },
    }),
  },
  {
    name: 'applies what it refuses',
    breaks: /^fence: .* has passed is refused, and/,
    table: (inner) => onFenced(inner, () => true, 'and refuses'),
  },
  {
    name: 'cannot say that a fence kept all of it out',
    breaks: /^fence: .* has passed is refused, and/,
    table: (inner) => ({
      write: (batch, options) => inner.write(batch, options).catch(doubt),
      load: (rows, options) => inner.load(rows, options).catch(doubt),
    }),
  },
  {
    name: 'lets epochs through that are to come',
    breaks: /^fence: .* has not reached/,
    table: (inner) => onFenced(inner, ({ actual, expected }) => actual < expected, 'and succeeds'),
  },
  {
    name: 'takes a fence that is not there for one that is open',
    breaks: /^fence: .* ever raised/,
    table: (inner) => onFenced(inner, ({ actual }) => actual === 0, 'and succeeds'),
  },
  {
    name: 'looks at the first fence alone',
    breaks: /^fence: .* needs every/,
    table: (inner) => mapFences(inner, (fences) => fences.slice(0, 1)),
  },
  {
    name: 'looks at the last fence alone',
    breaks: /^fence: .* needs every/,
    table: (inner) => mapFences(inner, (fences) => fences.slice(-1)),
  },
  {
    name: 'has one fence, whatever its name',
    breaks: /^fence: .* minds no fence/,
    table: (inner) => mapFences(inner, (fences) => fences.map(({ epoch }) => ({ name: 'one', epoch }))),
    store: (inner) =>
      mapFenceTable(inner, (fences) => ({
        ...mapWrites(fences, (write) => ({ ...write, partitionKey: 'one' })),
        get: ({ rowKey }, options) => fences.get({ partitionKey: 'one', rowKey }, options),
      })),
  },
  {
    name: 'applies the writes of a fenced batch one by one',
    breaks: /^fence: a batch that the fence lets through/,
    table: (inner) => ({
      write: async (batch, options) => {
        const results: WriteResult[] = [];
        for (const write of batch) results.push(...(await inner.write([write], options)));
        return results;
      },
    }),
  },
  {
    name: 'commits marks before it looks at fences',
    breaks: /^fence: a load that has passed writes no mark/,
    table: (inner) => ({
      load: async (rows, { marks = [], ...options }: LoadOptions = {}) => {
        const marked = await inner.load([], { marks });
        await inner.load(rows, options);
        return marked;
      },
    }),
  },
  {
    name: 'writes to the fence with every write that names it',
    breaks: /^fence: writes leave the fence/,
    subject: (inner) => ({
      open: async (options) => {
        const table = await inner.open(options);
        return overriding<Table>(table, {
          write: async (batch, fenced) => {
            for (const { name, epoch } of fenced?.fences ?? []) await touch(inner.store, { name, epoch });
            return table.write(batch, fenced);
          },
        });
      },
    }),
  },
  {
    name: 'raises fences whatever they stand at',
    breaks: /^fence: (of those who raise|an epoch never falls)/,
    store: (inner) => mapFenceTable(inner, (fences) => mapWrites(fences, unconditional)),
  },
  {
    name: 'drops the fences with a table',
    breaks: /^fence: it outlives/,
    store: (inner) => ({
      drop: async (name, options) => {
        await inner.drop(FENCE_TABLE, { reserved: true });
        return inner.drop(name, options);
      },
    }),
  },
  {
    name: 'shows an application the fences',
    breaks: /^fence: an application neither/,
    store: (inner) => ({ open: (name) => inner.open(name, { reserved: true }) }),
  },
  {
    name: 'lists the fences for an application',
    breaks: /^fence: an application neither/,
    store: (inner) => ({ list: () => inner.list({ reserved: true }) }),
  },
  {
    name: 'looks at fences some time before it writes',
    breaks: /^fence: .* comes before that/,
    subject: (inner) => ({
      open: async (options) => {
        const table = await inner.open(options);
        return overriding<Table>(table, {
          write: async (batch, fenced) => {
            await lookAhead(inner.store, fenced);
            return table.write(batch, without(fenced, 'fences'));
          },
          load: async (rows, fenced) => {
            await lookAhead(inner.store, fenced);
            return table.load(rows, without(fenced, 'fences'));
          },
        });
      },
    }),
  },
];

function isDelete({ kind }: Write): boolean {
  return kind === 'delete';
}

function unconditional(write: Write): Write {
  if (!hasProperties(write)) return write;
  const { partitionKey, rowKey, properties } = write;
  return { kind: 'upsertReplace', partitionKey, rowKey, properties };
}

function mapFences(inner: Table, map: (fences: readonly Fence[]) => readonly Fence[]): Partial<Table> {
  const mapped = <T extends WriteOptions>(options: T | undefined) =>
    options?.fences ? { ...options, fences: map(options.fences) } : options;
  return {
    write: (batch, options) => inner.write(batch, mapped(options)),
    load: (rows, options) => inner.load(rows, mapped(options)),
  };
}

/** Writes that a fence refused are applied all the same, where `lets` says so. */
function onFenced(
  inner: Table,
  lets: (details: { readonly actual: number; readonly expected: number }) => boolean,
  then: 'and refuses' | 'and succeeds',
): Partial<Table> {
  const again = async <T>(error: unknown, write: () => Promise<T>): Promise<T> => {
    if (!isCode(error, 'TABLE_FENCED')) throw error;
    if (!lets(error.details as { actual: number; expected: number })) throw error;
    const result = await write();
    if (then === 'and refuses') throw error;
    return result;
  };
  return {
    write: (batch, options) =>
      inner.write(batch, options).catch((error: unknown) => again(error, () => inner.write(batch))),
    load: (rows, options) =>
      inner.load(rows, options).catch((error: unknown) => again(error, () => inner.load(rows))),
  };
}

function doubt(error: unknown): never {
  if (!isCode(error, 'TABLE_FENCED')) throw error;
  throw new TableError('TABLE_FENCED', error.message, { effect: 'unknown', details: error.details });
}

function mapFenceTable(inner: Store, map: (fences: Table) => Partial<Table>): Partial<Store> {
  return {
    open: async (name, options) => {
      const table = await inner.open(name, options);
      return name === FENCE_TABLE ? overriding(table, map(table)) : table;
    },
  };
}

async function touch(store: Store, { name }: Fence): Promise<void> {
  const fences = await store.open(FENCE_TABLE, { reserved: true });
  await fences.write([{ ...fenceKey(name), kind: 'merge', condition: '*', properties: {} }]);
}

async function lookAhead(store: Store, { fences = [] }: WriteOptions = {}): Promise<void> {
  for (const fence of fences) {
    const table = await store.open(FENCE_TABLE, { reserved: true });
    checkEpoch(fence, epochOf(await table.get(fenceKey(fence.name))));
  }
  await setImmediate();
}
