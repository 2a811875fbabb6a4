import { join } from 'node:path';
import { startAzurite } from '../../../stores/test/azure-tables/test-server.ts';
import { missingServer, openTestDatabase } from '../../../stores/test/postgres/test-server.ts';
import type { Place } from './scene.ts';

export interface Sides {
  readonly source: Place;
  readonly target: Place;
}

/** Places that are fresh, or why there are none. */
export type MakeSides = (directory: string) => Promise<(Sides & { close(): Promise<void> }) | string>;

/** Those that take the same requests as others are left to the long tests, or to whoever asks. */
const EVERY_PAIR =
  process.env['CHANGEOVER_TEST_LONG'] === '1' || process.env['CHANGEOVER_TEST_PAIRS'] === 'all';
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
  'Azure Tables to SQLite': (directory) =>
    withAzurite(async ([source]) => ({
      source: { url: source, table: TABLE },
      target: sqlite(directory, 'target.db'),
    })),
  ...(EVERY_PAIR
    ? {
        'Azure Tables to another account': () =>
          withAzurite(async ([source, target]) => ({
            source: { url: source, table: TABLE },
            target: { url: target, table: TABLE },
          })),
        'SQLite to Azure Tables': (directory: string) =>
          withAzurite(async ([target]) => ({
            source: sqlite(directory, 'source.db'),
            target: { url: target, table: TABLE },
          })),
        'Postgres, mapped, to Azure Tables': () =>
          withPostgres(({ url, sql }) =>
            withAzurite(async ([target]) => {
              await sql(`create table ${TABLE} (${COLUMNS}, ${KEYS})`);
              return {
                source: { url: url(`?partitionKey=pk&rowKey=rk#${TABLE}`), table: TABLE },
                target: { url: target, table: TABLE },
              };
            }),
          ),
      }
    : {}),
};

/** In this process, which is not killed, since it keeps everything in memory. URLs of two accounts. */
async function withAzurite(make: (urls: readonly [string, string]) => Promise<Sides>) {
  const azurite = await startAzurite();
  const urls = azurite.accounts.map((account) => {
    const name = `CHANGEOVER_TEST_AZURE_${account.name}`;
    // The key stands in no URL; processes that the test starts find it where this one does.
    process.env[name] = account.connectionString();
    // Who changes the phase waits for the requests of those who were killed, as long as they may live.
    return `azure-tables:env:${name}?timeout=5`;
  }) as [string, string];
  return { ...(await make(urls)), close: () => azurite.close() };
}

interface Postgres {
  /** The database, with what follows. */
  url(rest: string): string;
  sql(text: string): Promise<unknown>;
}

async function withPostgres(
  make: (postgres: Postgres) => Promise<Sides & { close?(): Promise<void> }>,
): ReturnType<MakeSides> {
  const database = await openTestDatabase();
  if (!database) return missingServer;
  const { host, port, user, password, database: name } = database.place;
  // A password never stands in a URL; processes that the test starts find it where this one does.
  if (password !== undefined) process.env['PGPASSWORD'] = password;
  const sides = await make({
    url: (rest) => `postgres://${user}@${host}:${port}/${name}${rest}`,
    sql: (text) => database.sql(text),
  });
  const close = async () => {
    await sides.close?.();
    await database.close();
  };
  return { ...sides, close };
}
