import { join } from 'node:path';
import { missingServer, openTestDatabase } from '../../../stores/test/postgres/test-server.ts';
import type { Place } from './scene.ts';

export interface Sides {
  readonly source: Place;
  readonly target: Place;
}

/** Places that are fresh, or why there are none. */
export type MakeSides = (directory: string) => Promise<(Sides & { close(): Promise<void> }) | string>;

const TABLE = 'orders';
/** What clients write, as columns of an application's own table. */
const COLUMNS = 'written integer, merged integer, flag boolean';
const KEYS = 'pk text collate "C" not null, rk text collate "C" not null, primary key (pk, rk)';

function sqlite(directory: string, name: string): Place {
  return { url: `sqlite:${join(directory, name)}`, table: TABLE };
}

/** Every pair of places whose migration is proved with real processes. */
export const SIDES: Readonly<Record<string, MakeSides>> = {
  'SQLite to SQLite': async (directory) => ({
    source: sqlite(directory, 'source.db'),
    target: sqlite(directory, 'target.db'),
    close: async () => undefined,
  }),
  'SQLite to Postgres': (directory) =>
    withPostgres(async ({ url }) => ({
      source: sqlite(directory, 'source.db'),
      target: { url: url(''), table: TABLE },
    })),
  'Postgres, mapped, to Postgres': () =>
    withPostgres(async ({ url, sql }) => {
      await sql(`create table ${TABLE} (${COLUMNS}, ${KEYS})`);
      await sql('create schema target');
      return {
        source: { url: url(`?partitionKey=pk&rowKey=rk#${TABLE}`), table: TABLE },
        target: { url: url('?schema=target'), table: TABLE },
      };
    }),
};

interface Postgres {
  /** The database, with what follows. */
  url(rest: string): string;
  sql(text: string): Promise<unknown>;
}

async function withPostgres(make: (postgres: Postgres) => Promise<Sides>): ReturnType<MakeSides> {
  const database = await openTestDatabase();
  if (!database) return missingServer;
  const { host, port, user, password, database: name } = database.place;
  // A password never stands in a URL; processes that the test starts find it where this one does.
  if (password !== undefined) process.env['PGPASSWORD'] = password;
  const sides = await make({
    url: (rest) => `postgres://${user}@${host}:${port}/${name}${rest}`,
    sql: (text) => database.sql(text),
  });
  return { ...sides, close: () => database.close() };
}
