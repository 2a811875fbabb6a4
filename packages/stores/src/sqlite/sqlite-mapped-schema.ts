import type Database from 'better-sqlite3';
import { type Column, isReservedProperty, type ValueType } from 'changeover/table';
import { type KeyColumn, type KeyColumns, type MappedConfig, mappingInvalid } from '../layout/index.ts';
import { type Affinity, type PropertyColumn, strictClassOf } from './sqlite-mapped-codec.ts';
import {
  collationOf,
  inspectTable,
  type TableColumn,
  type TableFacts,
  type TableIndex,
} from './sqlite-mapped-inspect.ts';
import { quoteName } from './sqlite-names.ts';

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
  const facts = inspectTable(db, table);
  if (!facts) return undefined;
  const { columns, indexes } = facts;
  checkKind(table, facts);
  checkNames(table, columns, config);
  const keyColumn = (name: string) =>
    keyColumnOf(find(table, columns, name), () => collationOf(db, table, name));
  const names = [...config.partitionKey, ...config.rowKey];
  const key = { partition: config.partitionKey.map(keyColumn), row: config.rowKey.map(keyColumn) };
  checkOrder(table, names, indexes);
  return {
    table,
    key,
    unique: uniqueColumns(table, names, indexes),
    version: config.version === undefined ? undefined : versionColumn(find(table, columns, config.version)),
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

function checkKind(table: string, { type, encoding }: TableFacts): void {
  if (type !== 'table') throw mappingInvalid(`${table} is a ${type}; only a table itself can be mapped`);
  if (encoding === 'UTF-8') return;
  throw mappingInvalid(`the database holds text in ${encoding}, which sorts otherwise than UTF-8`);
}

function checkNames(table: string, columns: readonly TableColumn[], config: MappedConfig): void {
  const { partitionKey, rowKey, version, types } = config;
  const named = [...partitionKey, ...rowKey, ...(version === undefined ? [] : [version]), ...types.keys()];
  for (const name of named) find(table, columns, name);
  for (const { name } of columns) {
    if (name !== '' && name !== '__proto__' && !isReservedProperty(name)) continue;
    throw mappingInvalid(
      `table ${table} has a column ${JSON.stringify(name)}, a name that no property can have`,
    );
  }
}

function find(table: string, columns: readonly TableColumn[], name: string): TableColumn {
  const column = columns.find((each) => each.name === name);
  if (!column) {
    const known = columns.map((each) => each.name).join(', ');
    throw mappingInvalid(`table ${table} has no column ${name}; it has ${known}`);
  }
  if (column.generated) throw mappingInvalid(`the column ${name} is generated, and cannot be written`);
  return column;
}

function keyColumnOf({ name, declared, affinity, notNull }: TableColumn, collation: () => string): KeyColumn {
  if (!notNull) {
    throw mappingInvalid(`the key column ${name} may be NULL`, 'Declare it NOT NULL, or choose another key.');
  }
  if (affinity === 'INTEGER') return { name, kind: 'integer' };
  if (affinity !== 'TEXT') {
    const type = declared || 'without a type';
    throw mappingInvalid(`the key column ${name} is declared ${type}; keys are TEXT or INTEGER`);
  }
  if (collation() === 'BINARY') return { name, kind: 'text' };
  throw mappingInvalid(
    `the key column ${name} has the collation ${collation()}, under which unlike keys are equal`,
  );
}

/** Without such an index every page of a scan would sort the whole table. */
function checkOrder(table: string, key: readonly string[], indexes: readonly TableIndex[]): void {
  if (indexes.some((index) => sortsBy(index, key))) return;
  const ddl = `create index … on ${quoteName(table)} (${key.map(quoteName).join(', ')})`;
  throw mappingInvalid(
    `table ${table} has no index that sorts its rows by (${key.join(', ')})`,
    `Name the key columns in the order of an index, or create one: ${ddl}`,
  );
}

function sortsBy({ columns }: TableIndex, key: readonly string[]): boolean {
  const leading = columns.slice(0, key.length);
  return (
    leading.length === key.length &&
    leading.every(({ name, binary, descending }, position) => {
      return name === key[position] && binary && descending === leading[0]?.descending;
    })
  );
}

function uniqueColumns(
  table: string,
  key: readonly string[],
  indexes: readonly TableIndex[],
): readonly string[] {
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
