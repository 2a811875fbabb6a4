import { type Column, isReservedProperty, type ValueType } from 'changeover/table';
import { type KeyColumn, type KeyColumns, type MappedConfig, mappingInvalid } from '../layout/index.ts';
import { mayBe, type PropertyColumn, typeOfKind } from './postgres-mapped-codec.ts';
import { inspectTable, type TableColumn, type TableFacts } from './postgres-mapped-inspect.ts';
import type { Runs } from './postgres-registry.ts';

/** A key column, and how SQL puts it in contract order. */
export interface OrderedColumn extends KeyColumn {
  /** For a cast of what is compared with it. */
  readonly cast: string;
  /** Its order is not that of the bytes, so that comparisons have to say which one they mean. */
  readonly collates: boolean;
}

/** An application's table as the mapping sees it. */
export interface MappedSchema {
  readonly schema: string;
  readonly table: string;
  readonly key: KeyColumns;
  /** All key columns, in the order of the contract's keys. */
  readonly keyColumns: readonly OrderedColumn[];
  /** The columns of a unique index, all of them key columns: what an insert meets a row by. */
  readonly unique: readonly string[];
  /** Undefined if versions are the server's own: the transaction that wrote the row, `xmin`. */
  readonly version: string | undefined;
  /** All other columns that can be written, in the table's order. */
  readonly properties: readonly PropertyColumn[];
}

/** A schema, and the stamp that the table had when it was read. */
export interface StampedSchema {
  readonly schema: MappedSchema;
  readonly stamp: string;
}

/**
 * Reads the table's columns and indexes, and checks that the mapping fits them; undefined if there is no such table.
 *
 * Throws `TABLE_MAPPING_INVALID` with the reason if the table cannot be mapped like that.
 */
export async function readMappedSchema(
  run: Runs,
  schema: string,
  table: string,
  config: MappedConfig,
): Promise<StampedSchema | undefined> {
  const facts = await inspectTable(run, schema, table);
  if (!facts) return undefined;
  const { columns } = facts;
  checkKind(table, facts, config);
  checkNames(table, columns, config);
  const names = [...config.partitionKey, ...config.rowKey];
  const keyColumns = names.map((name) => keyColumnOf(find(table, columns, name)));
  const [partition, row] = [
    keyColumns.slice(0, config.partitionKey.length),
    keyColumns.slice(config.partitionKey.length),
  ];
  return {
    stamp: facts.stamp,
    schema: {
      schema,
      table,
      key: { partition, row },
      keyColumns,
      unique: uniqueColumns(table, names, facts),
      version: config.version === undefined ? undefined : versionColumn(find(table, columns, config.version)),
      properties: columns
        .filter(({ name, generated }) => !generated && !names.includes(name) && name !== config.version)
        .map((column) => propertyColumn(column, config.types.get(column.name))),
    },
  };
}

/** The columns for the manifest. */
export function manifestColumns({ properties }: MappedSchema): readonly Column[] {
  return properties.map(({ name, type, required }) => ({ name, type, required }));
}

function checkKind(table: string, { relkind }: TableFacts, { version }: MappedConfig): void {
  if (relkind === 'r' || (relkind === 'p' && version !== undefined)) return;
  if (relkind === 'p') {
    throw mappingInvalid(
      `${table} is partitioned, and the server does not tell the versions of rows that it adds to it`,
      'Name an integer column with version=COLUMN.',
    );
  }
  throw mappingInvalid(`${table} is no table; only a table itself can be mapped`);
}

function checkNames(table: string, columns: readonly TableColumn[], config: MappedConfig): void {
  const { partitionKey, rowKey, version, types } = config;
  const named = [...partitionKey, ...rowKey, ...(version === undefined ? [] : [version]), ...types.keys()];
  for (const name of named) find(table, columns, name);
  for (const { name } of columns) {
    if (name !== '__proto__' && !isReservedProperty(name)) continue;
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

function keyColumnOf({
  name,
  declared,
  kind,
  cast,
  notNull,
  byteOrder,
  deterministic,
}: TableColumn): OrderedColumn {
  if (!notNull) {
    throw mappingInvalid(`the key column ${name} may be NULL`, 'Declare it NOT NULL, or choose another key.');
  }
  if (kind === 'smallint' || kind === 'integer' || kind === 'bigint') {
    return { name, kind: 'integer', cast, collates: false };
  }
  if (kind !== 'text') {
    throw mappingInvalid(`the key column ${name} is declared ${declared}; keys are texts or integers`);
  }
  if (deterministic !== false && cast !== 'citext') return { name, kind: 'text', cast, collates: !byteOrder };
  throw mappingInvalid(
    `the key column ${name} is declared ${declared}, by whose order unlike keys are equal`,
  );
}

function uniqueColumns(table: string, key: readonly string[], { uniques }: TableFacts): readonly string[] {
  const found = uniques.find((columns) => columns.every((name) => key.includes(name)));
  if (found) return found;
  throw mappingInvalid(
    `table ${table} has no unique index on (${key.join(', ')}): several rows may have one key`,
    'An index that is partial, deferrable or on an expression does not count.',
  );
}

function versionColumn({ name, kind, declared }: TableColumn): string {
  if (kind === 'smallint' || kind === 'integer' || kind === 'bigint') return name;
  throw mappingInvalid(`the version column ${name} is declared ${declared}; versions are integers`);
}

function propertyColumn(source: TableColumn, type: ValueType | undefined): PropertyColumn {
  const {
    byteOrder: _order,
    deterministic: _deterministic,
    generated: _generated,
    notNull,
    ...column
  } = source;
  const typed = type ?? typeOfKind(column.kind);
  if (mayBe(column.kind, typed)) return { ...column, type: typed, required: notNull };
  throw mappingInvalid(
    `types makes ${column.name} a ${typed}, which a column declared ${column.declared} cannot hold`,
  );
}
