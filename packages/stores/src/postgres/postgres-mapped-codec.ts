import {
  formatValue,
  isCanonicalDatetime,
  problemOfValue,
  type Value,
  type ValueType,
} from 'changeover/table';
import { elementsOfArrayText } from './postgres-mapped-array.ts';
import { isJsonbText } from './postgres-mapped-jsonb.ts';

/** How a column holds its values, by its declared type. `other`: only the server knows what texts it takes. */
export type Kind =
  | 'text'
  | 'character'
  | 'boolean'
  | 'smallint'
  | 'integer'
  | 'bigint'
  | 'numeric'
  | 'real'
  | 'double'
  | 'timestamptz'
  | 'timestamp'
  | 'date'
  | 'uuid'
  | 'bytea'
  | 'json'
  | 'jsonb'
  | 'enum'
  | 'array'
  | 'other';

/** What there is to know of a type in order to tell whether it keeps a value. */
export interface ColumnType {
  readonly kind: Kind;
  /** As declared: `character varying(30)`. */
  readonly declared: string;
  /** The type's name for a cast, without length and scale: a cast would cut off in silence what an assignment refuses. */
  readonly cast: string;
  /** The length of a text in characters, or undefined if there is no limit. */
  readonly length?: number;
  readonly precision?: number;
  readonly scale?: number;
  /** The labels of an enum. */
  readonly labels?: readonly string[];
  /** Of an array. */
  readonly element?: ColumnType;
}

/** A column that is a property. */
export interface PropertyColumn extends ColumnType {
  readonly name: string;
  /** The contract type of all its values. */
  readonly type: ValueType;
  /** NOT NULL, whatever default it has: the property may not be absent. */
  readonly required: boolean;
}

const TYPE_OF_KIND: Readonly<Record<Kind, ValueType>> = {
  text: 'string',
  character: 'string',
  boolean: 'boolean',
  smallint: 'int32',
  integer: 'int32',
  bigint: 'int64',
  numeric: 'decimal',
  real: 'double',
  double: 'double',
  timestamptz: 'datetime',
  timestamp: 'string',
  date: 'string',
  uuid: 'guid',
  bytea: 'binary',
  json: 'json',
  jsonb: 'json',
  enum: 'string',
  array: 'string',
  other: 'string',
};

const INTEGERS: readonly ValueType[] = ['int32', 'int64'];

/** The types that a mapping may give a column besides its own. */
const OTHER_TYPES: Readonly<Partial<Record<Kind, readonly ValueType[]>>> = {
  text: ['decimal', 'datetime', 'guid', 'json'],
  smallint: INTEGERS,
  integer: INTEGERS,
  bigint: INTEGERS,
  numeric: INTEGERS,
};

export function typeOfKind(kind: Kind): ValueType {
  return TYPE_OF_KIND[kind];
}

export function mayBe(kind: Kind, type: ValueType): boolean {
  return TYPE_OF_KIND[kind] === type || OTHER_TYPES[kind]?.includes(type) === true;
}

/** What a column's text means; undefined for one that is no value of the column's type, such as an infinite time. */
export function valueOfText(
  { kind, type }: Pick<PropertyColumn, 'kind' | 'type'>,
  text: string,
): Value | undefined {
  const value = decode(kind, type, text);
  return value && problemOfValue(value) === undefined ? value : undefined;
}

function decode(kind: Kind, type: ValueType, text: string): Value | undefined {
  switch (type) {
    case 'boolean':
      return { type, value: text === 't' };
    case 'int32':
      return /^-?\d+$/.test(text) ? { type, value: Number(text) } : undefined;
    case 'int64':
      return /^-?\d+$/.test(text) ? { type, value: BigInt(text) } : undefined;
    case 'double':
      // A real is the double that it is exactly, not the shortest decimal that leads to it.
      return { type, value: kind === 'real' ? Math.fround(Number(text)) : Number(text) };
    case 'datetime':
      return { type, value: kind === 'timestamptz' ? datetimeOf(text) : text };
    case 'binary':
      return { type, value: new Uint8Array(Buffer.from(text.slice(2), 'hex')) };
    default:
      return { type, value: text };
  }
}

/** `2012-02-18 01:02:03.4+00` is 2012-02-18T01:02:03.4000000Z. */
function datetimeOf(text: string): string {
  const [, date = '', time = '', fraction = ''] = /^(\S+) ([\d:]+)(?:\.(\d+))?\+00$/.exec(text) ?? [];
  return `${date}T${time}.${fraction.padEnd(7, '0')}Z`;
}

/** What to send for a value. */
export function textOfValue(value: Value): string {
  switch (value.type) {
    case 'binary':
      return `\\x${Buffer.from(value.value).toString('hex')}`;
    case 'double':
      return Object.is(value.value, -0) ? '-0' : String(value.value);
    default:
      return String(value.value);
  }
}

/** Why `column` would not give `value` back bit for bit, as a phrase, or undefined if it would. */
export function problemOfStoring(column: PropertyColumn, value: Value): string | undefined {
  const place = `the column ${column.name} (${column.declared})`;
  if (value.type !== column.type)
    return `is ${formatValue(value)}, and ${place} holds values of type ${column.type}`;
  const text = textOfValue(value);
  if (value.type !== 'binary' && text.includes('\0'))
    return `has a NUL, which no text in PostgreSQL can have`;
  const reason = problemOfText(column, text);
  return reason === undefined ? undefined : `is ${formatValue(value)}, which ${place} ${reason}`;
}

/** Why a column of this type would refuse a text, or give back another one: a phrase that follows the column's name. */
function problemOfText(column: ColumnType, text: string): string | undefined {
  switch (column.kind) {
    case 'text':
      return charactersOf(text) > (column.length ?? Number.POSITIVE_INFINITY)
        ? 'is too short for'
        : undefined;
    case 'character':
      return charactersOf(text) === column.length ? undefined : 'would fill up with spaces, or cut off';
    case 'smallint':
      return isWithin(text, 16);
    case 'integer':
      return isWithin(text, 32);
    case 'bigint':
      return isWithin(text, 64);
    case 'numeric':
      return problemOfNumeric(column, text);
    case 'real':
      return Object.is(Math.fround(Number(text)), Number(text)) ? undefined : 'would round';
    case 'timestamptz':
      return text.endsWith('0Z') ? undefined : 'would round to microseconds';
    default:
      return SPELLINGS[column.kind]?.(column, text) === false ? 'would refuse or spell otherwise' : undefined;
  }
}

/** Of kinds whose texts have more than one spelling: whether a text is the server's own. */
const SPELLINGS: Readonly<Partial<Record<Kind, (column: ColumnType, text: string) => boolean>>> = {
  date: (_, text) => isDate(text),
  timestamp: (_, text) => isTimestamp(text),
  jsonb: (_, text) => isJsonbText(text),
  enum: ({ labels }, text) => labels?.includes(text) === true,
  array: ({ element }, text) => isArray(element, text),
  boolean: (_, text) => text === 'true' || text === 'false' || text === 't' || text === 'f',
  other: () => false,
};

function charactersOf(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function isWithin(text: string, bits: number): string | undefined {
  return /^-?\d{1,19}$/.test(text) && String(BigInt.asIntN(bits, BigInt(text))) === text
    ? undefined
    : 'is too small for';
}

/** What the server's own numeric type takes. */
const DIGITS_BEFORE_MAX = 131_072;
const DIGITS_AFTER_MAX = 16_383;

function problemOfNumeric({ precision, scale = 0 }: ColumnType, text: string): string | undefined {
  const [before = '', after = ''] = text.replace('-', '').split('.');
  if (before.length > DIGITS_BEFORE_MAX || after.length > DIGITS_AFTER_MAX) return 'has too few digits for';
  if (precision === undefined) return undefined;
  if (after.length !== scale) return `would give back with ${scale} digits behind the point`;
  return before.replace(/^0$/, '').length > precision - scale ? 'has too few digits for' : undefined;
}

/** Days are checked as those of datetimes are, so that February has as many as it should. */
function isDate(text: string): boolean {
  return text === 'infinity' || text === '-infinity' || isCanonicalDatetime(`${text}T00:00:00.0000000Z`);
}

function isTimestamp(text: string): boolean {
  if (text === 'infinity' || text === '-infinity') return true;
  const [, date, time, fraction] = /^(\S+) ([\d:]+)(\.\d{0,5}[1-9])?$/.exec(text) ?? [];
  return isCanonicalDatetime(`${date}T${time}${(fraction ?? '.').padEnd(8, '0')}Z`);
}

function isArray(element: ColumnType | undefined, text: string): boolean {
  const elements = elementsOfArrayText(text);
  if (!elements || !element || element.kind === 'other') return false;
  return elements.every((each) => isElement(element, each));
}

/** Elements are in the server's spelling, that of a value is the contract's. */
function isElement(element: ColumnType, text: string): boolean {
  const type = typeOfKind(element.kind);
  const value = valueOfText({ kind: element.kind, type }, text);
  if (!value || problemOfText(element, textOfValue(value)) !== undefined) return false;
  return serverText(element.kind, value) === text;
}

/** How the server writes a value of those kinds whose spelling is sure; undefined for the others. */
function serverText(kind: Kind, value: Value): string | undefined {
  if (kind === 'boolean') return value.value === true ? 't' : 'f';
  return kind === 'real' || kind === 'double' || kind === 'timestamptz' ? undefined : textOfValue(value);
}
