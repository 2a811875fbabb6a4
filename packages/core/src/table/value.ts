import { isWellFormed } from './key.ts';

/**
 * A typed value. There is no null: what a store holds as NULL is an absent property.
 *
 * | type | `value` |
 * |---|---|
 * | string | well-formed Unicode |
 * | boolean | |
 * | int32 | an integer in −2³¹ … 2³¹−1 |
 * | int64 | a bigint in −2⁶³ … 2⁶³−1 |
 * | double | any, NaN, ±Infinity and −0 included |
 * | decimal | canonical text, scale kept: `-12.50`; no exponent, no needless leading zero, no negative zero |
 * | datetime | canonical text to 100 ns in UTC: `2012-02-18T00:00:00.0000000Z`, years 0001–9999 |
 * | guid | `8-4-4-4-12` lower-case hexadecimal digits |
 * | binary | bytes |
 * | json | the text of one JSON document, kept to the letter |
 */
export type Value =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'int32'; readonly value: number }
  | { readonly type: 'int64'; readonly value: bigint }
  | { readonly type: 'double'; readonly value: number }
  | { readonly type: 'decimal'; readonly value: string }
  | { readonly type: 'datetime'; readonly value: string }
  | { readonly type: 'guid'; readonly value: string }
  | { readonly type: 'binary'; readonly value: Uint8Array }
  | { readonly type: 'json'; readonly value: string };

export type ValueType = Value['type'];

export const VALUE_TYPES: readonly ValueType[] = [
  'string',
  'boolean',
  'int32',
  'int64',
  'double',
  'decimal',
  'datetime',
  'guid',
  'binary',
  'json',
];

/** The properties of a row by name. Look names up with {@link propertyOf}: `constructor` is a legal name. */
export type Properties = Readonly<Record<string, Value>>;

export function propertyOf(properties: Properties, name: string): Value | undefined {
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}

/** Equal to the bit: same type, same value; −0 is not 0, NaN is NaN, 1.0 is not 1.00. Filters compare otherwise. */
export function sameValue(a: Value, b: Value): boolean {
  if (a.type !== b.type) return false;
  if (a.type === 'binary') return sameBytes(a.value, b.value as Uint8Array);
  return Object.is(a.value, b.value);
}

/** Equal to the bit, whatever the order of the names. */
export function sameProperties(a: Properties, b: Properties): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => {
    const other = propertyOf(b, name);
    return other !== undefined && sameValue(a[name] as Value, other);
  });
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

const DECIMAL = /^(?!-0(\.0*)?$)-?(0|[1-9]\d*)(\.\d+)?$/;
const DATETIME = /^(?!0000)\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{7}Z$/;
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Says what is wrong with `value` as a phrase ("is out of the range of int32"), or undefined if nothing is. */
export function problemOfValue(value: Value): string | undefined {
  // What a plain JavaScript caller hands in may be anything, so each case looks at the type before it reads.
  if (typeof value !== 'object' || value === null) return 'is not a typed value';
  switch (value.type) {
    case 'string':
      return typeof value.value === 'string' && isWellFormed(value.value)
        ? undefined
        : 'is not well-formed Unicode text';
    case 'boolean':
      return typeof value.value === 'boolean' ? undefined : 'is not a boolean';
    case 'int32':
      return Number.isInteger(value.value) && (value.value | 0) === value.value && !Object.is(value.value, -0)
        ? undefined
        : 'is out of the range of int32';
    case 'int64':
      return typeof value.value === 'bigint' && BigInt.asIntN(64, value.value) === value.value
        ? undefined
        : 'is out of the range of int64';
    case 'double':
      return typeof value.value === 'number' ? undefined : 'is not a number';
    case 'decimal':
      return isTextOf(DECIMAL, value.value) ? undefined : 'is not canonical decimal text';
    case 'datetime':
      return typeof value.value === 'string' && isCanonicalDatetime(value.value)
        ? undefined
        : 'is not a canonical datetime';
    case 'guid':
      return isTextOf(GUID, value.value) ? undefined : 'is not a lower-case guid';
    case 'binary':
      return value.value instanceof Uint8Array ? undefined : 'is not binary';
    case 'json':
      return isJson(value.value) ? undefined : 'is not JSON text';
    default:
      return `has the unknown type ${JSON.stringify((value as { type?: unknown }).type)}`;
  }
}

/** A pattern alone would take the number 1.5 for the text `1.5`. */
function isTextOf(pattern: RegExp, text: unknown): boolean {
  return typeof text === 'string' && pattern.test(text);
}

function isJson(text: string): boolean {
  if (typeof text !== 'string' || !isWellFormed(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether `text` is a real instant of years 0001–9999 in the one spelling that values use. */
export function isCanonicalDatetime(text: string): boolean {
  if (!DATETIME.test(text)) return false;
  const month = Number(text.slice(5, 7));
  const day = Number(text.slice(8, 10));
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(Number(text.slice(0, 4)), month);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Reads a value's text for people and reports; {@link import('./value-json.ts')} is the lossless form. */
export function formatValue(value: Value): string {
  if (value.type === 'binary') return `binary of ${value.value.length} bytes`;
  if (value.type === 'double' && Object.is(value.value, -0)) return 'double -0';
  return `${value.type} ${value.type === 'string' ? JSON.stringify(value.value) : String(value.value)}`;
}
