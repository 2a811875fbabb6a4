import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { resolve } from '@changeover/stores';
import { systemClock } from '@changeover/stores/host';
import type { Sides } from 'changeover/live';
import type { Store, Table } from 'changeover/table';
import pg from 'pg';

/** One kind of store, and how many operations an application has under way. */
export interface Setting {
  readonly name: string;
  readonly url: (side: 'source' | 'target') => string;
  readonly concurrency: number;
}

export async function withSqlite(work: (setting: Setting) => Promise<unknown>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'changeover-bench-'));
  try {
    await work({ name: 'sqlite', url: (side) => `sqlite:${join(folder, `${side}.db`)}`, concurrency: 1 });
  } finally {
    await rm(folder, { recursive: true });
  }
}

export async function withPostgres(work: (setting: Setting) => Promise<unknown>): Promise<void> {
  const { PGHOST = '127.0.0.1', PGPORT = '5432', PGUSER = userInfo().username, PGPASSWORD } = process.env;
  const user = PGPASSWORD === undefined ? PGUSER : `${PGUSER}:${encodeURIComponent(PGPASSWORD)}`;
  const server = `postgres://${user}@${PGHOST}:${PGPORT}`;
  const name = `changeover_bench_live_${process.pid}`;
  const admin = new pg.Client({ connectionString: `${server}/postgres` });
  await admin.connect();
  await admin.query(`create database ${name}`);
  try {
    const database = new pg.Client({ connectionString: `${server}/${name}` });
    await database.connect();
    await database.query('create schema source; create schema target');
    await database.end();
    for (const side of ['source', 'target']) process.env[`BENCH_${side}`] = `${server}/${name}`;
    await work({
      name: 'postgres',
      url: (side) => `postgres:env:BENCH_${side}?schema=${side}`,
      concurrency: 8,
    });
  } finally {
    await admin.query(`drop database if exists ${name} with (force)`);
    await admin.end();
  }
}

/** An empty table on each side: as an application has it, and as the live wrapper has it. */
export interface Tables {
  readonly stores: readonly Store[];
  readonly raw: { readonly source: Table; readonly target: Table };
  readonly sides: Sides;
  close(): Promise<void>;
}

export async function makeTables({ url }: Setting): Promise<Tables> {
  const make = async (side: 'source' | 'target') => {
    const { store } = await resolve(url(side), { mode: 'write', clock: systemClock, env: process.env });
    await store.create('t');
    return { store, raw: await store.open('t'), reserved: await store.open('t', { reserved: true }) };
  };
  const [source, target] = [await make('source'), await make('target')];
  const stores = [source.store, target.store];
  return {
    stores,
    raw: { source: source.raw, target: target.raw },
    sides: { source: source.reserved, target: target.reserved },
    close: async () => {
      for (const store of stores) await store.close();
    },
  };
}
