import Database from 'better-sqlite3';
import {
  type ActiveFault,
  CONTRACT_COLUMNS,
  type ContractFactory,
  type ContractSkip,
  type ContractSubject,
} from 'changeover/table/contract';
import type { MappedParameters } from '../../src/layout/mapped-config.ts';
import { createMappedFile } from './mapped-fixture.ts';

/** Short, since the tests of faults wait for it each time. */
const BUSY_TIMEOUT_MS = 60;

/** Where the versions of a mapped table come from. */
export type Versions = 'hash' | 'column';

/** An application's table with every column that the contract suite writes. */
export async function mappedFactory(versions: Versions): Promise<ContractFactory> {
  const sample = await mappedSubject(versions);
  const { manifest } = sample.store;
  await sample.close();
  return {
    manifest,
    offers: { properties: CONTRACT_COLUMNS, faults: ['throttled'], readOnly: true },
    create: () => mappedSubject(versions),
  };
}

/** The cases that mapped tables do not pass, and why. */
export const MAPPED_SKIPS: Readonly<Record<Versions, readonly ContractSkip[]>> = {
  hash: [],
  column: [
    {
      title: 'batch: each condition is about its own row',
      reason: 'it takes versions of different rows to differ, but a version column counts from 1 in each',
    },
  ],
};

const DECLARED = {
  string: 'TEXT',
  boolean: 'BOOLEAN',
  int32: 'INTEGER',
  int64: 'INTEGER',
  double: '',
  decimal: 'TEXT',
  datetime: 'DATETIME',
  guid: 'TEXT',
  binary: 'BLOB',
  json: 'TEXT',
};

const COLUMNS = Object.entries(CONTRACT_COLUMNS).map(
  ([name, type]) => `"${name.replaceAll('"', '""')}" ${DECLARED[type]}`,
);

const TYPES = Object.entries(CONTRACT_COLUMNS)
  .filter(([, type]) => !['string', 'int64', 'double', 'binary'].includes(type))
  .map(([name, type]) => `${name}:${type}`)
  .join(',');

const KEYS = 'pk TEXT NOT NULL, rk TEXT NOT NULL';
const MAPPING: MappedParameters = { partitionKey: 'pk', rowKey: 'rk', types: TYPES };

const TABLES: Readonly<Record<Versions, { readonly ddl: string; readonly parameters: MappedParameters }>> = {
  hash: {
    ddl: `create table subject (${KEYS}, ${COLUMNS.join(', ')}, primary key (pk, rk))`,
    parameters: MAPPING,
  },
  column: {
    ddl: `create table subject (${COLUMNS.join(', ')}, ${KEYS}, rev INTEGER, primary key (pk, rk)) without rowid`,
    parameters: { ...MAPPING, version: 'rev' },
  },
};

async function mappedSubject(versions: Versions): Promise<ContractSubject> {
  const { ddl, parameters } = TABLES[versions];
  const file = await createMappedFile(ddl);
  const open = (mode: 'read' | 'write') =>
    file.openStore({ table: 'subject', parameters, mode, busyTimeoutMs: BUSY_TIMEOUT_MS });
  const store = await open('write');
  // Every other handle comes from another connection, as of another process.
  const second = await open('write');
  let handles = 0;
  return {
    store,
    open: (options) => (handles++ % 2 === 0 ? store : second).open('subject', options),
    openReadOnly: async () => (await open('read')).open('subject'),
    freeName: 'free',
    reservedName: '_changeover_free',
    faults: { throttled: () => holdLock(file.path) },
    close: file.close,
  };
}

/** Another process that is in the middle of a write, which in a file without a write-ahead log stops readers too. */
async function holdLock(path: string): Promise<ActiveFault> {
  const holder = new Database(path);
  holder.exec('begin exclusive');
  return {
    reads: true,
    writes: true,
    lift: async () => {
      holder.close();
    },
  };
}
