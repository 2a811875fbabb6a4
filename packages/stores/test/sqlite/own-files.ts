import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { RowData } from 'changeover/table';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/host/index.ts';
import { SqliteStore } from '../../src/sqlite/index.ts';

/** A directory that is removed after the test. */
export async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'changeover-sqlite-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** The path of a database that is not there yet. */
export async function newPath(): Promise<string> {
  return join(await newDirectory(), 'test.db');
}

/** A store that is closed after the test. */
export async function openStore(path: string, mode: 'read' | 'write' = 'write'): Promise<SqliteStore> {
  const store = await SqliteStore.open({
    path,
    mode,
    clock: systemClock,
    url: 'sqlite:test.db',
    busyTimeoutMs: 100,
  });
  onTestFinished(() => store.close());
  return store;
}

/** Runs SQL through the bare driver, as an application or a person would. */
export function runSql(path: string, sql: string): void {
  const db = new Database(path);
  db.exec(sql);
  db.close();
}

export function readSql(path: string, sql: string): unknown {
  const db = new Database(path, { readonly: true });
  try {
    return db.prepare(sql).pluck().get();
  } finally {
    db.close();
  }
}

export function textRow(partitionKey: string, rowKey: string, text = rowKey): RowData {
  return { partitionKey, rowKey, properties: { text: { type: 'string', value: text } } };
}

/** `count` rows in each of the partitions, in contract order. */
export function rowsOf(partitions: readonly string[], count: number): readonly RowData[] {
  return partitions.flatMap((partition) =>
    Array.from({ length: count }, (_, index) => textRow(partition, String(index).padStart(5, '0'))),
  );
}
