import { formatValue, problemOfValue, sameValue, type Value, type ValueType } from 'changeover/table';

/** SQLite's own rule for what a column does to the values that are stored in it. */
export type Affinity = 'INTEGER' | 'REAL' | 'TEXT' | 'BLOB' | 'NUMERIC';

/** What the driver gives for each storage class, and takes for it: integers always are bigints. */
export type Stored = bigint | number | string | Uint8Array | null;

/** A column that is a property. */
export interface PropertyColumn {
  readonly name: string;
  /** As declared: `VARCHAR(30)`; empty if it is not. */
  readonly declared: string;
  readonly affinity: Affinity;
  /** True in a STRICT table, which refuses other storage classes than the column's own. */
  readonly strict: boolean;
  /** The contract type that the mapping gives the column; without one, each value's storage class says. */
  readonly type: ValueType | undefined;
  /** NOT NULL, whatever default it has: the property may not be absent. */
  readonly required: boolean;
}

/** The affinity of a declared type, by the rules and in the order of SQLite's documentation. */
export function affinityOf(declared: string, strict: boolean): Affinity {
  const type = declared.toUpperCase();
  // The one type of STRICT tables that keeps everything as it is; elsewhere ANY is a word like any other.
  if (strict && type === 'ANY') return 'BLOB';
  if (type.includes('INT')) return 'INTEGER';
  if (/CHAR|CLOB|TEXT/.test(type)) return 'TEXT';
  if (type === '' || type.includes('BLOB')) return 'BLOB';
  return /REAL|FLOA|DOUB/.test(type) ? 'REAL' : 'NUMERIC';
}

/**
 * What a stored value means; undefined for one of the type's storage class that is none of the type's values, such as
 * 7 in a column mapped as boolean. A value of another class keeps its own type. NULL is for the caller to leave out.
 */
export function valueOfStored(type: ValueType | undefined, stored: NonNullable<Stored>): Value | undefined {
  if (typeof stored === 'bigint') return valueOfInteger(type, stored);
  if (typeof stored === 'number') return { type: 'double', value: stored };
  if (typeof stored === 'string') return valueOfText(type, stored);
  return { type: 'binary', value: new Uint8Array(stored) };
}

function valueOfInteger(type: ValueType | undefined, stored: bigint): Value | undefined {
  if (type === 'boolean') return stored === 0n || stored === 1n ? { type, value: stored === 1n } : undefined;
  if (type === 'int32') {
    return BigInt.asIntN(32, stored) === stored ? { type, value: Number(stored) } : undefined;
  }
  // Numeric columns turn 5.0 into 5; a column mapped as double gives it back.
  if (type === 'double')
    return BigInt(Number(stored)) === stored ? { type, value: Number(stored) } : undefined;
  return { type: 'int64', value: stored };
}

function valueOfText(type: ValueType | undefined, stored: string): Value | undefined {
  if (type !== 'decimal' && type !== 'datetime' && type !== 'guid' && type !== 'json') {
    return { type: 'string', value: stored };
  }
  const value: Value = { type, value: stored };
  return problemOfValue(value) === undefined ? value : undefined;
}

/** What to bind for a value. */
export function storedOfValue(value: Value): NonNullable<Stored> {
  switch (value.type) {
    case 'boolean':
      return value.value ? 1n : 0n;
    case 'int32':
      return BigInt(value.value);
    default:
      return value.value;
  }
}

/** Why `column` would not give `value` back bit for bit, as a phrase, or undefined if it would. */
export function problemOfStoring(column: PropertyColumn, value: Value): string | undefined {
  const stored = storedOfValue(value);
  const place = `the column ${column.name} (${column.declared || 'no type'})`;
  if (Number.isNaN(stored)) return 'is NaN, which SQLite stores as NULL';
  const kept = keptBy(column.affinity, stored);
  if (kept === undefined) return `is ${formatValue(value)}, which ${place} would convert`;
  if (typeof kept !== (strictClassOf(column) ?? typeof kept)) {
    return `is ${formatValue(value)}, which ${place} of a STRICT table refuses`;
  }
  const read = valueOfStored(column.type, kept);
  if (read && sameValue(read, value)) return undefined;
  const outcome = read ? `would give back as ${formatValue(read)}` : 'could not give back';
  return `is ${formatValue(value)}, which ${place} ${outcome}${mappingHint(column, value)}`;
}

/** What each type of a STRICT table holds, as `typeof` tells it of what the driver takes; ANY holds all. */
const STRICT_CLASS: Readonly<Record<string, string>> = {
  INT: 'bigint',
  INTEGER: 'bigint',
  REAL: 'number',
  TEXT: 'string',
  BLOB: 'object',
};

/** Text that SQLite takes for a number, as far as a NUL. */
// oxlint-disable-next-line no-control-regex -- SQLite's own notion of space and end
const NUMERIC_TEXT = /^[\t-\r ]*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?[\t-\r ]*(\0|$)/i;

/** The one storage class that the column holds; undefined if it holds several. */
export function strictClassOf({ declared, strict }: PropertyColumn): string | undefined {
  return strict ? STRICT_CLASS[declared.toUpperCase()] : undefined;
}

/** What a column makes of a value; undefined if it becomes one of a class that no mapping can lead back. */
function keptBy(affinity: Affinity, stored: NonNullable<Stored>): NonNullable<Stored> | undefined {
  if (affinity === 'BLOB' || typeof stored === 'object') return stored;
  if (affinity === 'TEXT') return typeof stored === 'string' ? stored : undefined;
  if (typeof stored === 'string') return NUMERIC_TEXT.test(stored) ? undefined : stored;
  if (affinity === 'REAL') return keptByReal(stored);
  // An integral double becomes an integer, unless it is at or beyond the ends of their range.
  const integral = typeof stored === 'number' && Number.isInteger(stored) && Math.abs(stored) < 2 ** 63;
  return integral ? BigInt(stored) : stored;
}

/** A REAL column keeps integral numbers as integers on disk, where −0 has no sign. */
function keptByReal(stored: bigint | number): number | undefined {
  if (typeof stored === 'bigint') return undefined;
  return stored === 0 ? 0 : stored;
}

function mappingHint({ name, type }: PropertyColumn, value: Value): string {
  return type === undefined && value.type !== 'binary' ? `; types=${name}:${value.type} may keep it` : '';
}
