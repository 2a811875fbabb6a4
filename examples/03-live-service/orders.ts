import { openTable, resolve } from '@changeover/stores';
import { systemClock } from '@changeover/stores/host';
import { isCode } from 'changeover/std';
import type { Row, Table } from 'changeover/table';

// #region service
/** A shop's orders, a partition for each customer. It is given a table, and does not know where that is. */
export class Orders {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async place(customer: string, id: string, item: string): Promise<void> {
    const properties = {
      item: { type: 'string', value: item },
      shipped: { type: 'boolean', value: false },
    } as const;
    await this.#table.write([{ kind: 'insert', partitionKey: customer, rowKey: id, properties }]);
  }

  /** False if it was shipped before, whoever ships at the same time. */
  async ship(customer: string, id: string): Promise<boolean> {
    const key = { partitionKey: customer, rowKey: id };
    for (;;) {
      const order = await this.#table.get(key);
      if (!order || order.properties['shipped']?.value === true) return false;
      const properties = { shipped: { type: 'boolean', value: true } } as const;
      try {
        await this.#table.write([{ kind: 'merge', ...key, properties, condition: order.version }]);
        return true;
      } catch (error) {
        // Somebody wrote it since: look again.
        if (!isCode(error, 'TABLE_VERSION_MISMATCH')) throw error;
      }
    }
  }

  of(customer: string): Promise<readonly Row[]> {
    return this.#table.query(customer);
  }
}
// #endregion

/** How the service began before anybody thought of a migration. The caller closes the store. */
export async function before(cwd: string) {
  const env = process.env;
  // #region before
  const { store } = await resolve('sqlite:shop.db', { mode: 'write', clock: systemClock, env, cwd });
  const orders = new Orders(await store.open('orders'));
  // #endregion
  return { orders, store };
}

/** How it begins since. */
export async function since(cwd: string) {
  // #region since
  const table = await openTable('orders', { cwd });
  const orders = new Orders(table);
  const end = () => table.close();
  // #endregion
  return { orders, end };
}

/** With what more there is to say. */
export async function sinceInProduction(cwd: string, log: (text: string) => void) {
  // #region options
  const table = await openTable('orders', {
    cwd,
    control: 'sqlite:.changeover/control.db',
    label: 'shop 1',
    group: 'north',
    leaseMs: 15_000,
    onTrouble: (error) => log(`tried again: ${String(error)}`),
  });
  // #endregion
  return table;
}

// #region answer
/** What a server of ours answers for an error: nothing was done, and it can be asked again; or nobody knows. */
export function statusOf(error: unknown): number {
  if (isCode(error, 'TABLE_ROW_EXISTS', 'TABLE_VERSION_MISMATCH')) return 409;
  if (isCode(error, 'TABLE_ROW_ABSENT')) return 404;
  if (isCode(error, 'CONTROL_LEASE_LOST', 'TABLE_FENCED', 'TABLE_THROTTLED')) return 503;
  return 500;
}
// #endregion
