import type { ColumnType, Kind } from './postgres-mapped-codec.ts';
import type { Runs } from './postgres-registry.ts';

/** What the server says of a table, as far as a mapping cares. */
export interface TableFacts {
  /** `r` an ordinary table, `p` a partitioned one; others cannot be mapped. */
  readonly relkind: string;
  /** Changes with the definition of the table, and seldom without. */
  readonly stamp: string;
  readonly columns: readonly TableColumn[];
  /** The valid unique indexes that hold every row, by their columns; none on expressions. */
  readonly uniques: readonly (readonly string[])[];
}

export interface TableColumn extends ColumnType {
  readonly name: string;
  readonly notNull: boolean;
  readonly generated: boolean;
  /** Whether its own order is that of the bytes. */
  readonly byteOrder: boolean;
  /** Undefined for a column without a collation. A nondeterministic one calls unlike texts equal. */
  readonly deterministic: boolean | undefined;
}

/** Reads what there is to know of `table`; undefined if there is none of this name. */
export async function inspectTable(
  run: Runs,
  schema: string,
  table: string,
): Promise<TableFacts | undefined> {
  const [found] = await run({ text: TABLE_TEXT, values: [schema, table] });
  if (!found) return undefined;
  const [oid, relkind, stamp] = found.map(String) as [string, string, string];
  const columns = await run({ text: COLUMNS_TEXT, values: [oid] });
  const uniques = await run({ text: UNIQUES_TEXT, values: [oid] });
  return {
    relkind,
    stamp,
    columns: columns.map(([text]) => columnOf(JSON.parse(String(text)) as ColumnRow)),
    uniques: uniques.map(([text]) => JSON.parse(String(text)) as string[]),
  };
}

/** The stamp of a table as an expression; a table that is gone has none. */
export function stampOf(schema: string, table: string): string {
  const texts = [schema, table].map((text) => `'${text.replaceAll("'", "''")}'`);
  return (
    `(select c.oid || '.' || c.xmin || '.' || c.relnatts from pg_class c join pg_namespace n on n.oid = c.relnamespace ` +
    `where n.nspname = ${texts[0]} and c.relname = ${texts[1]})`
  );
}

const TABLE_TEXT =
  "select c.oid, c.relkind, c.oid || '.' || c.xmin || '.' || c.relnatts from pg_class c " +
  'join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2';

/** A domain counts as the type that it is made of, and an array as its elements' type. */
const COLUMNS_TEXT = `select json_build_object(
  'name', a.attname, 'notNull', a.attnotnull, 'generated', a.attgenerated <> '',
  'declared', format_type(a.atttypid, a.atttypmod),
  'type', b.typname, 'schema', bn.nspname, 'kind', b.typtype, 'category', b.typcategory,
  'cast', format_type(b.oid, null), 'mod', case when t.typtype = 'd' then t.typtypmod else a.atttypmod end,
  'labels', (select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = coalesce(el.oid, b.oid)),
  'element', case when el.oid is null then null else json_build_object(
    'type', el.typname, 'schema', eln.nspname, 'kind', el.typtype, 'category', el.typcategory, 'cast', format_type(el.oid, null)) end,
  'collation', coll.collname, 'deterministic', coll.collisdeterministic,
  'default', (select d.datcollate from pg_database d where d.datname = current_database()))::text
from pg_attribute a
join pg_type t on t.oid = a.atttypid
join pg_type b on b.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end
join pg_namespace bn on bn.oid = b.typnamespace
left join pg_type el on el.oid = b.typelem and b.typcategory = 'A'
left join pg_namespace eln on eln.oid = el.typnamespace
left join pg_collation coll on coll.oid = a.attcollation
where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped order by a.attnum`;

const UNIQUES_TEXT = `select (select json_agg(a.attname order by k.place)::text from unnest(i.indkey) with ordinality as k(attnum, place)
  join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum where k.place <= i.indnkeyatts)
from pg_index i where i.indrelid = $1 and i.indisunique and i.indisvalid and i.indimmediate
  and i.indpred is null and i.indexprs is null
order by i.indisprimary desc, i.indexrelid`;

interface TypeRow {
  readonly type: string;
  readonly schema: string;
  readonly kind: string;
  readonly category: string;
  readonly cast: string;
}

interface ColumnRow extends TypeRow {
  readonly name: string;
  readonly notNull: boolean;
  readonly generated: boolean;
  readonly declared: string;
  readonly mod: number;
  readonly labels: readonly string[] | null;
  readonly element: TypeRow | null;
  readonly collation: string | null;
  readonly deterministic: boolean | null;
  readonly default: string;
}

function columnOf(row: ColumnRow): TableColumn {
  const { name, notNull, generated, declared, element, labels } = row;
  const elementType: ColumnType | undefined =
    element === null
      ? undefined
      : { kind: kindOf(element), declared: element.cast, cast: element.cast, ...(labels ? { labels } : {}) };
  return {
    name,
    notNull,
    generated,
    declared,
    kind: kindOf(row),
    cast: row.cast,
    ...modifiers(row),
    ...(labels && !element ? { labels } : {}),
    ...(elementType ? { element: elementType } : {}),
    byteOrder: isByteOrder(row.collation === 'default' ? row.default : row.collation),
    deterministic: row.deterministic ?? undefined,
  };
}

function kindOf({ type, schema, kind, category }: TypeRow): Kind {
  if (kind === 'e') return 'enum';
  if (category === 'A') return 'array';
  const known = schema === 'pg_catalog' ? KINDS[type] : undefined;
  if (known) return known;
  return type === 'citext' ? 'text' : 'other';
}

const KINDS: Readonly<Record<string, Kind>> = {
  text: 'text',
  varchar: 'text',
  bpchar: 'character',
  bool: 'boolean',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  numeric: 'numeric',
  float4: 'real',
  float8: 'double',
  timestamptz: 'timestamptz',
  timestamp: 'timestamp',
  date: 'date',
  uuid: 'uuid',
  bytea: 'bytea',
  json: 'json',
  jsonb: 'jsonb',
};

/** What stands in the parentheses of a declared type, as `atttypmod` has it: 4 more than a length, or two numbers. */
function modifiers({ type, mod }: ColumnRow): Partial<ColumnType> {
  if (mod < 0) return {};
  if (type === 'varchar' || type === 'bpchar') return { length: mod - 4 };
  if (type !== 'numeric') return {};
  const scale = (mod - 4) & 0x7ff;
  return { precision: (mod - 4) >> 16, scale: scale >= 0x400 ? scale - 0x800 : scale };
}

function isByteOrder(collation: string | null): boolean {
  return collation === 'C' || collation === 'POSIX' || collation === 'ucs_basic';
}
