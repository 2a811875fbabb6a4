import type { Table } from 'changeover/table';
import { afterAll, describe, onTestFinished } from 'vitest';
import { systemClock } from '../../src/host/index.ts';
import { type MappedParameters, parseMappedConfig } from '../../src/layout/index.ts';
import {
  type PostgresLimits,
  PostgresMappedStore,
  type PostgresPlace,
  PostgresStore,
} from '../../src/postgres/index.ts';
import { createSchema } from './own-subject.ts';
import { missingServer, openTestDatabase, type TestDatabase } from './test-server.ts';

/** Tests of a real server: with a database of their own, or not run, which their title then says. */
export async function describeServer(title: string, tests: (database: TestDatabase) => void): Promise<void> {
  const database = await openTestDatabase();
  if (!database) {
    describe.skip(`${title}: not run: ${missingServer}`, () => undefined);
    return;
  }
  describe(title, () => {
    afterAll(() => database.close());
    tests(database);
  });
}

export interface Opening extends PostgresLimits {
  readonly mode?: 'read' | 'write';
  readonly place?: Partial<PostgresPlace>;
}

/** A schema of its own for the running test, and stores in it that are closed after it. */
export async function schemaOf(database: TestDatabase) {
  const schema = await createSchema(database);
  const stores: { close(): Promise<void> }[] = [];
  onTestFinished(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await database.sql(`drop schema if exists ${schema} cascade`);
  });
  const openStore = async ({ mode = 'write', place, ...limits }: Opening = {}) => {
    const where = { ...database.place, ...place };
    const store = await PostgresStore.open({ place: where, schema, mode, clock: systemClock, ...limits });
    stores.push(store);
    return store;
  };
  const openMapped = async (table: string, parameters: MappedParameters, opening: Opening = {}) => {
    const own = await openStore(opening);
    return PostgresMappedStore.open({ table, config: parseMappedConfig(parameters), own });
  };
  return {
    name: schema,
    openStore,
    openMapped,
    /** Makes a table of our own layout, and opens it. */
    async ownTable(opening: Opening = {}): Promise<Table> {
      const store = await openStore(opening);
      await store.create('t');
      return store.open('t');
    },
    /** Makes an application's table with the columns, and opens it. */
    async mappedTable(columns: string, parameters: MappedParameters = { partitionKey: 'id', rowKey: 'id' }) {
      await database.sql(`create table ${schema}.t (${columns})`);
      return (await openMapped('t', parameters)).open('t');
    },
    sql: (text: string, values?: readonly unknown[]) =>
      database.sql(text.replaceAll('$SCHEMA', schema), values),
  };
}
