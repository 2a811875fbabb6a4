import Database from 'better-sqlite3';
import {
  type ActiveFault,
  CONTRACT_COLUMNS,
  type ContractFactory,
  type ContractSkip,
  type ContractSubject,
  planContract,
  runContractCase,
} from 'changeover/table/contract';
import { describe, test } from 'vitest';
import type { MappedParameters } from '../../src/sqlite/sqlite-mapped-config.ts';
import { createMappedFile } from './mapped-fixture.ts';

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

const SUBJECTS: Readonly<Record<string, { readonly ddl: string; readonly parameters: MappedParameters }>> = {
  'a mapped table whose versions are hashes': {
    ddl: `create table subject (${KEYS}, ${COLUMNS.join(', ')}, primary key (pk, rk))`,
    parameters: MAPPING,
  },
  'a mapped table with a version column': {
    ddl: `create table subject (${COLUMNS.join(', ')}, ${KEYS}, rev INTEGER, primary key (pk, rk)) without rowid`,
    parameters: { ...MAPPING, version: 'rev' },
  },
};

const REFUSES_UNKNOWN_NAMES =
  'it filters by names that the table has no columns for, which a mapped table refuses';

const SKIPS: readonly ContractSkip[] = [
  { title: 'filter: a comparison with an absent property is false', reason: REFUSES_UNKNOWN_NAMES },
  { title: 'filter: not is true of what is absent', reason: REFUSES_UNKNOWN_NAMES },
  { title: 'filter: names and texts need no quoting', reason: REFUSES_UNKNOWN_NAMES },
];

const COLUMN_SKIPS: readonly ContractSkip[] = [
  {
    title: 'batch: each condition is about its own row',
    reason: 'it takes versions of different rows to differ, but a version column counts from 1 in each',
  },
];

/** Short, since the tests of faults wait for it each time. */
const BUSY_TIMEOUT_MS = 60;

for (const [name, { ddl, parameters }] of Object.entries(SUBJECTS)) {
  const factory = await mappedFactory(ddl, parameters);
  const skips = parameters.version === undefined ? SKIPS : [...SKIPS, ...COLUMN_SKIPS];
  describe(name, () => {
    for (const { case: each, skipped } of planContract(factory.manifest, factory.offers, skips)) {
      test.skipIf(skipped)(each.title, () => runContractCase(each, factory));
    }
  });
}

async function mappedFactory(ddl: string, parameters: MappedParameters): Promise<ContractFactory> {
  const sample = await mappedSubject(ddl, parameters);
  const { manifest } = sample.store;
  await sample.close();
  return {
    manifest,
    offers: { properties: CONTRACT_COLUMNS, faults: ['throttled'], readOnly: true },
    create: () => mappedSubject(ddl, parameters),
  };
}

async function mappedSubject(ddl: string, parameters: MappedParameters): Promise<ContractSubject> {
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
