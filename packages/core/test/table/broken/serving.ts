import { type Effect, isOperationalError } from 'changeover/std';
import {
  type OperationOptions,
  type Store,
  type Table,
  TableError,
  type TableOperation,
} from 'changeover/table';
import { type Defect, overriding, without } from './defect.ts';

/** What is wrong with stores whose handles, tables and outages are not what they should be. */
export const SERVING: readonly Defect[] = [
  {
    name: 'shows an application everything',
    breaks:
      /^reserved: (an application|a filter that|a table of reserved rows|a lazy row|a batch writes|reserved rows do not)|^hashRange: an application/,
    subject: (inner) => ({ open: () => inner.open({ reserved: true }) }),
  },
  {
    name: 'hides what is reserved from us, too',
    breaks: /^reserved: (our handle|the usual|a failed)|^describe: names/,
    subject: (inner) => ({ open: () => inner.open() }),
  },
  {
    name: 'goes on after it was closed',
    breaks: /^closed: (\w+ fails|closing a handle twice|closing one handle)/,
    table: () => ({ close: async () => undefined }),
  },
  {
    name: 'cannot be closed twice',
    breaks: /^closed: closing a handle twice/,
    table: (inner) => {
      let closings = 0;
      return {
        close: async () => {
          closings += 1;
          if (closings > 1) throw new TableError('TABLE_CLOSED', 'closed already', { effect: 'none' });
          await inner.close();
        },
      };
    },
  },
  {
    name: 'closes every handle with one',
    breaks: /^closed: closing one handle/,
    subject: (inner) => {
      const handles: Table[] = [];
      const close = async () => {
        for (const handle of handles) await handle.close();
      };
      return {
        open: async (options) => {
          const handle = await inner.open(options);
          handles.push(handle);
          return overriding(handle, { close });
        },
      };
    },
  },
  {
    name: 'goes on after the store was closed',
    breaks: /^closed: closing the store|^(store|rename): a store that is closed/,
    store: () => ({ close: async () => undefined }),
  },
  {
    name: 'does not look at signals',
    breaks: /^aborted: \w+ does nothing/,
    table: (inner) => wrapping(inner, (_, run, options) => run(without(options, 'signal'))),
  },
  {
    name: 'takes every signal for an abort',
    breaks: /^aborted: a signal that does not/,
    table: (inner) =>
      wrapping(inner, (_, run, options) => run(options.signal ? { signal: AbortSignal.abort() } : options)),
  },
  {
    name: 'says that what it did before an abort had no effect',
    breaks: /^aborted: \w+ tells its effect truly/,
    table: (inner) =>
      wrapping(inner, async (_, run, options) => {
        const result = await run(options);
        if (options.signal?.aborted) throw new TableError('TABLE_ABORTED', 'aborted', { effect: 'none' });
        return result;
      }),
  },
  {
    name: 'gives a writable handle as a read-only one',
    breaks: /^read-only: \w+ is refused/,
    subject: (inner) => ({ openReadOnly: () => inner.open() }),
  },
  {
    name: 'gives a closed handle as a read-only one',
    breaks: /^read-only: every read/,
    subject: (inner) => ({
      openReadOnly: async () => {
        const table = await inner.open();
        await table.close();
        return table;
      },
    }),
  },
  {
    name: 'lists no tables',
    breaks: /^store: (a table that was created|names are listed|reserved tables are listed)/,
    store: () => ({ list: async () => [] }),
  },
  {
    name: 'opens the same table under every name',
    breaks: /^store: (an opened table knows|tables of one store|a table that is not there|a dropped table)/,
    store: (inner) => ({ open: (_, options) => inner.open('subject', options) }),
  },
  {
    name: 'creates what it should find',
    breaks: /^store: (a table that is not there|a dropped table|a reserved table)/,
    store: (inner) => ({
      open: async (name, options) => {
        if (!(await inner.list({ reserved: true })).includes(name)) await inner.create(name, options);
        return inner.open(name, options);
      },
    }),
  },
  {
    name: 'creates a table anew over the one that there is',
    breaks: /^store: a table is not created twice/,
    store: (inner) => ({
      create: async (name, options) => {
        await inner.drop(name, options);
        await inner.create(name, options);
      },
    }),
  },
  {
    name: 'never drops, and says that it did',
    breaks: /^store: (a dropped table|dropping a table|a handle on a table|a reserved table)/,
    store: () => ({ drop: async () => true }),
  },
  {
    name: 'lets everybody have reserved tables, and tables without a name',
    breaks: /^store: (an application|reserved tables are listed|a table without a name)/,
    store: (inner) => everybody(inner),
  },
  {
    name: 'takes an outage for an absence',
    breaks: /^(throttled|timedOut|unavailable): \w+ fails, and is never/,
    table: (inner) =>
      wrapping(inner, async (operation, run, options) => {
        try {
          return await run(options);
        } catch (error) {
          if (isOperationalError(error)) return NOTHING[operation];
          throw error;
        }
      }),
  },
  {
    name: 'says that writes were applied that failed',
    breaks: /^(throttled|timedOut|unavailable): \w+ fails, and tells/,
    table: (inner) => telling(inner, 'applied'),
  },
  {
    name: 'says that writes had no effect whose reply was lost',
    breaks: /^timedOut: \w+ fails, and tells/,
    of: 'a faulty table whose timed out requests were served',
    table: (inner) => telling(inner, 'none'),
  },
  {
    name: 'never gets over an outage',
    breaks: /^(throttled|timedOut|unavailable): everything works/,
    table: (inner) => {
      let down: unknown;
      return wrapping(inner, async (_, run, options) => {
        if (down) throw down;
        try {
          return await run(options);
        } catch (error) {
          down = error;
          throw error;
        }
      });
    },
  },
];

/** What each operation gives of a table with nothing in it. */
const NOTHING: Readonly<Record<TableOperation, unknown>> = {
  get: undefined,
  query: [],
  scan: { rows: [], continuation: undefined },
  write: [],
  load: { marks: [] },
  sampleKeys: { keys: [], rows: 0 },
  hashRange: { rows: 0, hash: '0'.repeat(32) },
  describe: { reservedNames: [], changeToken: undefined, empty: true },
};

type Wrapper = (
  operation: TableOperation,
  run: (options: OperationOptions) => Promise<unknown>,
  options: OperationOptions,
) => Promise<unknown>;

/** Runs every operation through `wrapper`, which may run it with other options. Options are always the last argument. */
function wrapping(inner: Table, wrapper: Wrapper): Partial<Table> {
  const wrap = (operation: TableOperation) => {
    const run = inner[operation].bind(inner) as (...args: readonly unknown[]) => Promise<unknown>;
    const arity = ['scan', 'hashRange', 'describe'].includes(operation) ? 0 : 1;
    return (...args: readonly unknown[]) => {
      const options = (args[arity] ?? {}) as OperationOptions;
      return wrapper(operation, (given) => run(...args.slice(0, arity), given), options);
    };
  };
  const operations = Object.keys(NOTHING) as readonly TableOperation[];
  return Object.fromEntries(operations.map((operation) => [operation, wrap(operation)])) as Partial<Table>;
}

/** Every failure tells the same effect. */
function telling(inner: Table, effect: Effect): Partial<Table> {
  return wrapping(inner, async (_, run, options) => {
    try {
      return await run(options);
    } catch (error) {
      if (!(error instanceof TableError)) throw error;
      throw new TableError(error.code, error.message, { effect });
    }
  });
}

function everybody(inner: Store): Partial<Store> {
  return {
    create: async (name) => {
      if (name !== '') await inner.create(name, { reserved: true });
    },
    open: (name) => inner.open(name, { reserved: true }),
    list: () => inner.list({ reserved: true }),
  };
}
