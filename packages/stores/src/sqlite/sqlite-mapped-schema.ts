import type Database from 'better-sqlite3';
import { type Column, isReservedProperty, type ValueType } from 'changeover/table';
import { type Affinity, affinityOf, type PropertyColumn, strictClassOf } from './sqlite-mapped-codec.ts';
import { type MappedConfig, mappingInvalid } from './sqlite-mapped-config.ts';
import type { KeyColumn, KeyColumns } from './sqlite-mapped-key.ts';
import { quoteName, quoteText } from './sqlite-names.ts';

/** An application's table as the mapping sees it. */
export interface MappedSchema {
  readonly table: string;
  readonly key: KeyColumns;
  /** The columns of a unique index, all of them key columns: what an upsert meets a row by. */
  readonly unique: readonly string[];
  readonly version: string | undefined;
  /** All other columns that can be written, in the table's order. */
  readonly properties: readonly PropertyColumn[];
}

/**
 * Reads the table's columns and indexes, and checks that the mapping fits them; undefined if there is no such table.
 * Belongs inside a transaction. Reads only.
 *
 * Throws `TABLE_MAPPING_INVALID` with the reason if the table cannot be mapped like that.
 */
export function readMappedSchema(
  db: Database.Database,
  table: string,
  config: MappedConfig,
): MappedSchema | undefined {
  const found = db.prepare(`pragma main.table_list(${quoteText(table)})`).all() as TableInfo[];
  const info = found.find(({ name }) => name === table);
  if (!info) return undefined;
  checkKind(db, info);
  const columns = readColumns(db, table, info);
  checkNames(table, columns, config);
  const indexes = readIndexes(db, table);
  const rowid = columns.find((column) => isRowid(column, columns, info, indexes))?.name;
  const key = {
    partition: config.partitionKey.map((name) => keyColumn(db, table, find(columns, name), rowid)),
    row: config.rowKey.map((name) => keyColumn(db, table, find(columns, name), rowid)),
  };
  const names = [...config.partitionKey, ...config.rowKey];
  const all: readonly Index[] = rowid === undefined ? indexes : [...indexes, rowidIndex(rowid)];
  checkOrder(table, names, all);
  return {
    table,
    key,
    unique: uniqueColumns(table, names, all),
    version: config.version === undefined ? undefined : versionColumn(find(columns, config.version)),
    properties: columns
      .filter(({ name, generated }) => !generated && !names.includes(name) && name !== config.version)
      .map((column) => propertyColumn(column, config.types.get(column.name))),
  };
}

/** The columns for the manifest: with the type that their declaration or the mapping promises, if one does. */
export function manifestColumns({ properties }: MappedSchema): readonly Column[] {
  return properties.map(({ name, declared, affinity, type, required }) => {
    const holdsAll = affinity === 'BLOB' && !declared.toUpperCase().includes('BLOB');
    return { name, type: type ?? (holdsAll ? undefined : TYPE_OF_AFFINITY[affinity]), required };
  });
}

const TYPE_OF_AFFINITY: Readonly<Record<Affinity, ValueType | undefined>> = {
  INTEGER: 'int64',
  REAL: 'double',
  TEXT: 'string',
  BLOB: 'binary',
  NUMERIC: undefined,
};

interface TableInfo {
  readonly name: string;
  readonly type: string;
  readonly wr: bigint;
  readonly strict: bigint;
}

interface TableColumn {
  readonly name: string;
  readonly declared: string;
  readonly affinity: Affinity;
  readonly strict: boolean;
  readonly notNull: boolean;
  readonly generated: boolean;
  readonly primaryKey: boolean;
}

interface Index {
  readonly origin: string;
  readonly unique: boolean;
  /** The columns that it sorts by; undefined for an expression. */
  readonly columns: readonly {
    readonly name: string | undefined;
    readonly binary: boolean;
    readonly descending: boolean;
  }[];
}

function checkKind(db: Database.Database, { name, type }: TableInfo): void {
  if (type !== 'table') throw mappingInvalid(`${name} is a ${type}; only a table itself can be mapped`);
  const encoding = db.pragma('encoding', { simple: true });
  if (encoding !== 'UTF-8') {
    throw mappingInvalid(`the database holds text in ${String(encoding)}, which sorts otherwise than UTF-8`);
  }
}

function readColumns(db: Database.Database, table: string, { strict }: TableInfo): readonly TableColumn[] {
  const rows = db.prepare(`pragma main.table_xinfo(${quoteText(table)})`).all() as {
    readonly name: string;
    readonly type: string;
    readonly notnull: bigint;
    readonly pk: bigint;
    readonly hidden: bigint;
  }[];
  return rows.map(({ name, type, notnull, pk, hidden }) => ({
    name,
    declared: type,
    affinity: affinityOf(type, strict === 1n),
    strict: strict === 1n,
    notNull: notnull === 1n,
    generated: hidden !== 0n,
    primaryKey: pk !== 0n,
  }));
}

/** The indexes that hold every row; a partial one does not. */
function readIndexes(db: Database.Database, table: string): readonly Index[] {
  const indexes = db.prepare(`pragma main.index_list(${quoteText(table)})`).all() as {
    readonly name: string;
    readonly unique: bigint;
    readonly origin: string;
    readonly partial: bigint;
  }[];
  return indexes
    .filter(({ partial }) => partial === 0n)
    .map(({ name, unique, origin }) => {
      const columns = db.prepare(`pragma main.index_xinfo(${quoteText(name)})`).all() as {
        readonly name: string | null;
        readonly desc: bigint;
        readonly coll: string;
        readonly key: bigint;
      }[];
      return {
        origin,
        unique: unique === 1n,
        columns: columns
          .filter(({ key }) => key === 1n)
          .map((column) => ({
            name: column.name ?? undefined,
            binary: column.coll.toUpperCase() === 'BINARY',
            descending: column.desc === 1n,
          })),
      };
    });
}

/** INTEGER PRIMARY KEY is the row's own number: it has no index of its own, and is never NULL. */
function isRowid(
  column: TableColumn,
  columns: readonly TableColumn[],
  { wr }: TableInfo,
  indexes: readonly Index[],
): boolean {
  return (
    column.primaryKey &&
    column.declared.toUpperCase() === 'INTEGER' &&
    wr === 0n &&
    columns.filter(({ primaryKey }) => primaryKey).length === 1 &&
    !indexes.some(({ origin }) => origin === 'pk')
  );
}

function rowidIndex(name: string): Index {
  return { origin: 'pk', unique: true, columns: [{ name, binary: true, descending: false }] };
}

function checkNames(table: string, columns: readonly TableColumn[], config: MappedConfig): void {
  const { partitionKey, rowKey, version, types } = config;
  const named = [...partitionKey, ...rowKey, ...(version === undefined ? [] : [version]), ...types.keys()];
  for (const name of named) {
    if (columns.some((column) => column.name === name)) continue;
    const known = columns.map((column) => column.name).join(', ');
    throw mappingInvalid(`table ${table} has no column ${name}; it has ${known}`);
  }
  for (const { name } of columns) {
    if (name !== '' && name !== '__proto__' && !isReservedProperty(name)) continue;
    throw mappingInvalid(
      `table ${table} has a column ${JSON.stringify(name)}, a name that no property can have`,
    );
  }
}

function find(columns: readonly TableColumn[], name: string): TableColumn {
  const column = columns.find((each) => each.name === name);
  if (!column) throw mappingInvalid(`there is no column ${name}`);
  if (column.generated) throw mappingInvalid(`the column ${name} is generated, and cannot be written`);
  return column;
}

function keyColumn(
  db: Database.Database,
  table: string,
  column: TableColumn,
  rowid: string | undefined,
): KeyColumn {
  const { name, declared, affinity, notNull } = column;
  if (!notNull && name !== rowid) {
    throw mappingInvalid(`the key column ${name} may be NULL`, 'Declare it NOT NULL, or choose another key.');
  }
  if (affinity === 'INTEGER') return { name, kind: 'integer' };
  if (affinity !== 'TEXT') {
    throw mappingInvalid(
      `the key column ${name} is declared ${declared || 'without a type'}; keys are TEXT or INTEGER`,
    );
  }
  const collation = collationOf(db, table, name);
  if (collation !== 'BINARY') {
    throw mappingInvalid(
      `the key column ${name} has the collation ${collation}, under which unlike keys are equal`,
    );
  }
  return { name, kind: 'text' };
}

/**
 * The collation that comparisons with the column use. No pragma tells it of a column, only of an index, which may have
 * another one; but the program of a comparison names it.
 */
function collationOf(db: Database.Database, table: string, column: string): string {
  const program = db
    .prepare(`explain select ${quoteName(column)} = ? from ${quoteName(table)}`)
    .all(null) as {
    readonly opcode: string;
    readonly p4: string | null;
  }[];
  const comparison = program.find(({ opcode, p4 }) => (opcode === 'Eq' || opcode === 'Ne') && p4 !== null);
  return comparison?.p4?.replace(/-\d+$/, '') ?? 'unknown';
}

/** Without such an index every page of a scan would sort the whole table. */
function checkOrder(table: string, key: readonly string[], indexes: readonly Index[]): void {
  if (indexes.some((index) => sortsBy(index, key))) return;
  const list = key.join(', ');
  throw mappingInvalid(
    `table ${table} has no index that sorts its rows by (${list})`,
    `Name the key columns in the order of an index, or create one: create index … on ${quoteName(table)} (${key.map(quoteName).join(', ')})`,
  );
}

function sortsBy({ columns }: Index, key: readonly string[]): boolean {
  const leading = columns.slice(0, key.length);
  return (
    leading.length === key.length &&
    leading.every(({ name, binary, descending }, position) => {
      return name === key[position] && binary && descending === leading[0]?.descending;
    })
  );
}

function uniqueColumns(table: string, key: readonly string[], indexes: readonly Index[]): readonly string[] {
  const found = indexes.find(({ unique, columns }) => {
    return unique && columns.every(({ name, binary }) => name !== undefined && binary && key.includes(name));
  });
  if (found) return found.columns.map(({ name }) => String(name));
  throw mappingInvalid(
    `table ${table} has no unique index on (${key.join(', ')}): several rows may have one key`,
    'An index that is partial, on an expression or of another collation than BINARY does not count.',
  );
}

function versionColumn({ name, affinity, declared }: TableColumn): string {
  if (affinity === 'INTEGER') return name;
  throw mappingInvalid(
    `the version column ${name} is declared ${declared || 'without a type'}; versions are INTEGER`,
  );
}

function propertyColumn(source: TableColumn, type: ValueType | undefined): PropertyColumn {
  const { name, declared, affinity, strict, notNull } = source;
  const column: PropertyColumn = { name, declared, affinity, strict, type, required: notNull };
  if (type === undefined || holds(column, HOLDERS[type])) return column;
  throw mappingInvalid(`types makes ${name} a ${type}, which a column declared ${declared} cannot hold`);
}

function holds(column: PropertyColumn, holders: readonly Affinity[]): boolean {
  return strictClassOf(column) === undefined
    ? holders.includes(column.affinity)
    : holders[0] === column.affinity;
}

const INTEGERS: readonly Affinity[] = ['INTEGER', 'NUMERIC', 'BLOB'];
const TEXTS: readonly Affinity[] = ['TEXT', 'NUMERIC', 'BLOB'];

/** The affinities that can hold a type's storage class; the first is that of the class itself. */
const HOLDERS: Readonly<Record<ValueType, readonly Affinity[]>> = {
  boolean: INTEGERS,
  int32: INTEGERS,
  int64: INTEGERS,
  double: ['REAL', 'INTEGER', 'NUMERIC', 'BLOB'],
  string: ['TEXT', 'NUMERIC', 'BLOB'],
  decimal: TEXTS,
  datetime: TEXTS,
  guid: TEXTS,
  json: TEXTS,
  binary: ['BLOB', 'TEXT', 'NUMERIC', 'INTEGER', 'REAL'],
};
