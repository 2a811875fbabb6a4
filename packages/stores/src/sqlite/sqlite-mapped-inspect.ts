import type Database from 'better-sqlite3';
import { type Affinity, affinityOf } from './sqlite-mapped-codec.ts';
import { quoteName, quoteText } from './sqlite-names.ts';

/** What SQLite says of a table, as far as a mapping cares. */
export interface TableFacts {
  readonly type: string;
  /** Of the database: `UTF-8`. */
  readonly encoding: string;
  readonly columns: readonly TableColumn[];
  /** The indexes that hold every row; a partial one does not. The rowid's own counts as one. */
  readonly indexes: readonly TableIndex[];
}

export interface TableColumn {
  readonly name: string;
  readonly declared: string;
  readonly affinity: Affinity;
  readonly strict: boolean;
  readonly notNull: boolean;
  readonly generated: boolean;
}

export interface TableIndex {
  readonly unique: boolean;
  /** The columns that it sorts by. */
  readonly columns: readonly IndexColumn[];
}

interface IndexColumn {
  /** Undefined for an expression. */
  readonly name: string | undefined;
  readonly binary: boolean;
  readonly descending: boolean;
}

/** Reads what there is to know of `table`; undefined if there is none of exactly this name. */
export function inspectTable(db: Database.Database, table: string): TableFacts | undefined {
  const found = db.prepare(`pragma main.table_list(${quoteText(table)})`).all() as TableRow[];
  const row = found.find(({ name }) => name === table);
  if (!row) return undefined;
  const columns = db.prepare(`pragma main.table_xinfo(${quoteText(table)})`).all() as ColumnRow[];
  const indexes = db.prepare(`pragma main.index_list(${quoteText(table)})`).all() as IndexRow[];
  const rowid = rowidOf(row, columns, indexes);
  const whole = indexes.filter(({ partial }) => partial === 0n).map((index) => readIndex(db, index));
  return {
    type: row.type,
    encoding: String(db.pragma('encoding', { simple: true })),
    columns: columns.map((column) => tableColumn(column, row.strict === 1n, rowid)),
    indexes: rowid === undefined ? whole : [...whole, rowidIndex(rowid)],
  };
}

/**
 * The collation that comparisons with the column use. No pragma tells it of a column, only of an index, which may have
 * another one; but the program of a comparison names it.
 */
export function collationOf(db: Database.Database, table: string, column: string): string {
  const program = db
    .prepare(`explain select ${quoteName(column)} = ? from ${quoteName(table)}`)
    .all(null) as {
    readonly opcode: string;
    readonly p4: string | null;
  }[];
  const comparison = program.find(({ opcode, p4 }) => (opcode === 'Eq' || opcode === 'Ne') && p4 !== null);
  return comparison?.p4?.replace(/-\d+$/, '') ?? 'unknown';
}

interface TableRow {
  readonly name: string;
  readonly type: string;
  readonly wr: bigint;
  readonly strict: bigint;
}

interface ColumnRow {
  readonly name: string;
  readonly type: string;
  readonly notnull: bigint;
  readonly pk: bigint;
  readonly hidden: bigint;
}

interface IndexRow {
  readonly name: string;
  readonly unique: bigint;
  readonly origin: string;
  readonly partial: bigint;
}

interface IndexColumnRow {
  readonly name: string | null;
  readonly desc: bigint;
  readonly coll: string;
  readonly key: bigint;
}

function tableColumn(
  { name, type, notnull, hidden }: ColumnRow,
  strict: boolean,
  rowid: string | undefined,
): TableColumn {
  return {
    name,
    declared: type,
    affinity: affinityOf(type, strict),
    strict,
    notNull: notnull === 1n || name === rowid,
    generated: hidden !== 0n,
  };
}

function readIndex(db: Database.Database, { name, unique }: IndexRow): TableIndex {
  const columns = db.prepare(`pragma main.index_xinfo(${quoteText(name)})`).all() as IndexColumnRow[];
  return {
    unique: unique === 1n,
    columns: columns
      .filter(({ key }) => key === 1n)
      .map((column) => ({
        name: column.name ?? undefined,
        binary: column.coll.toUpperCase() === 'BINARY',
        descending: column.desc === 1n,
      })),
  };
}

/** INTEGER PRIMARY KEY is the row's own number: it has no index of its own, and is never NULL. */
function rowidOf(
  { wr }: TableRow,
  columns: readonly ColumnRow[],
  indexes: readonly IndexRow[],
): string | undefined {
  const [column, ...others] = columns.filter(({ pk }) => pk !== 0n);
  if (wr !== 0n || others.length > 0 || indexes.some(({ origin }) => origin === 'pk')) return undefined;
  return column?.type.toUpperCase() === 'INTEGER' ? column.name : undefined;
}

function rowidIndex(name: string): TableIndex {
  return { unique: true, columns: [{ name, binary: true, descending: false }] };
}
