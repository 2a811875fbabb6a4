import type { RowKey } from 'changeover/table';

/** A column of the key. Text stands as it is; an integer is a fixed-width decimal that sorts as the number does. */
export interface KeyColumn {
  readonly name: string;
  readonly kind: 'text' | 'integer';
}

export interface KeyColumns {
  /** Empty if the partition key is the constant `""`. */
  readonly partition: readonly KeyColumn[];
  readonly row: readonly KeyColumn[];
}

export type KeyValue = string | bigint;

/**
 * Where a contract key stands among the rows: behind it are exactly those whose first `values.length` key columns are
 * above `values`, or equal to them if `inclusive`. With no values, all rows are behind it if `inclusive`, else none.
 *
 * Any text is a legal bound, also one that no row can have; so this is exact for every text.
 */
export interface KeyPlace {
  readonly values: readonly KeyValue[];
  readonly inclusive: boolean;
  /** Whether `values` are a whole key, whose encoding is the very text. Then `inclusive` is false. */
  readonly exact: boolean;
}

/** The contract key of a row with these values, in the order of {@link KeyColumns}. */
export function encodeKey({ partition, row }: KeyColumns, values: readonly KeyValue[]): RowKey {
  return {
    partitionKey: encodeRole(partition, values.slice(0, partition.length)),
    rowKey: encodeRole(row, values.slice(partition.length)),
  };
}

/** The values of the row that has this key, or undefined if none can. */
export function decodeKey(columns: KeyColumns, key: RowKey): readonly KeyValue[] | undefined {
  const place = placeOfKey(columns, key);
  return place.exact ? place.values : undefined;
}

export function placeOfKey({ partition, row }: KeyColumns, { partitionKey, rowKey }: RowKey): KeyPlace {
  const outer = placeOfText(partition, partitionKey);
  if (!outer.exact) return outer;
  const inner = placeOfText(row, rowKey);
  return { ...inner, values: [...outer.values, ...inner.values] };
}

/**
 * Where `text` stands among the encodings of one role's columns.
 *
 * It reads components from the left until `text` ends or leaves what an encoding can be. What the encodings that agree
 * up to there go on with then decides on which side of `text` they are.
 */
export function placeOfText(columns: readonly KeyColumn[], text: string): KeyPlace {
  const values: KeyValue[] = [];
  let rest = text;
  for (const column of columns) {
    const part = readComponent(column, rest, columns.length > 1);
    values.push(part.value);
    if (part.rest === undefined) return { values, inclusive: part.inclusive, exact: false };
    rest = part.rest;
    if (values.length === columns.length) break;
    // An encoding goes on with a separator here, so it is above a text that ends or has less.
    if (!rest.startsWith(SEPARATOR)) return { values, inclusive: rest < SEPARATOR, exact: false };
    rest = rest.slice(1);
  }
  return { values, inclusive: false, exact: rest === '' };
}

/** Below every character that a component may hold once escaped, so that a component sorts before its extensions. */
const SEPARATOR = '!';
const ESCAPE = '"';
/** The lowest character that stands for itself within a component. */
const LOWEST_PLAIN = '#';
/** Moves the escaped characters U+0000 to U+0022 to printable ones, in their order. */
const ESCAPE_SHIFT = 0x30;
const ESCAPED_MAX = 0x22;

const INTEGER_DIGITS = 20;
const INTEGER_MAX = 2n ** 63n - 1n;
/** Added to an int64 it gives 0 … 2⁶⁴−1, so that negative numbers sort first. */
const INTEGER_BIAS = 2n ** 63n;

function encodeRole(columns: readonly KeyColumn[], values: readonly KeyValue[]): string {
  const escaped = columns.length > 1;
  return values.map((value) => encodeComponent(value, escaped)).join(SEPARATOR);
}

function encodeComponent(value: KeyValue, escaped: boolean): string {
  if (typeof value === 'bigint') return String(value + INTEGER_BIAS).padStart(INTEGER_DIGITS, '0');
  return escaped ? escapeText(value) : value;
}

function escapeText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what it escapes
  return text.replace(
    /[\u0000-"]/g,
    (char) => ESCAPE + String.fromCharCode(char.charCodeAt(0) + ESCAPE_SHIFT),
  );
}

/** A component read from the left; without a `rest` the text left the encoding, and `value` bounds it from above. */
type Part =
  | { readonly value: KeyValue; readonly rest: string }
  | { readonly value: KeyValue; readonly rest?: undefined; readonly inclusive: boolean };

function readComponent({ kind }: KeyColumn, text: string, escaped: boolean): Part {
  if (kind === 'integer') return readInteger(text);
  return escaped ? readEscaped(text) : { value: text, rest: '' };
}

function readEscaped(text: string): Part {
  let value = '';
  let index = 0;
  while (index < text.length) {
    const char = text.charAt(index);
    if (char < ESCAPE) break;
    if (char !== ESCAPE) {
      value += char;
      index += 1;
      continue;
    }
    const code = text.charCodeAt(index + 1) - ESCAPE_SHIFT;
    // An escape that the text cuts short, or one too low: every escaped extension of `value` is above it.
    if (!(code >= 0)) return { value, inclusive: false };
    if (code > ESCAPED_MAX) return { value: value + LOWEST_PLAIN, inclusive: true };
    value += String.fromCharCode(code);
    index += 2;
  }
  return { value, rest: text.slice(index) };
}

function readInteger(text: string): Part {
  const digits = /^\d{0,20}/.exec(text)?.[0] ?? '';
  const missing = INTEGER_DIGITS - digits.length;
  const next = text.charAt(digits.length);
  // Short of digits, the least number that is above the text: with zeros, or with the last digit raised if needed.
  const raised = missing > 0 && next > '9' ? 1n : 0n;
  const value = (BigInt(digits) + raised) * 10n ** BigInt(missing) - INTEGER_BIAS;
  if (value > INTEGER_MAX) return { value: INTEGER_MAX, inclusive: false };
  return missing === 0 ? { value, rest: text.slice(INTEGER_DIGITS) } : { value, inclusive: true };
}
