import { refusal } from './errors.ts';
import { problemOfValue, VALUE_TYPES, type Value, type ValueType } from './value.ts';
import { base64Of, binaryOf, int64Of } from './value-text.ts';

/** A value in reports and NDJSON files. What JSON numbers cannot carry exactly is text; binary is base64. */
export interface ValueJson {
  readonly type: Value['type'];
  readonly value: string | number | boolean;
}

export function valueToJson(value: Value): ValueJson {
  switch (value.type) {
    case 'int64':
      return { type: value.type, value: String(value.value) };
    case 'double':
      return { type: value.type, value: doubleToJson(value.value) };
    case 'binary':
      return { type: value.type, value: base64Of(value.value) };
    default:
      return { type: value.type, value: value.value };
  }
}

/**
 * The inverse of {@link valueToJson}, for what {@link ValueJson} looks like and may yet be anything.
 *
 * Throws `TABLE_VALUE_INVALID`, naming the property, for an unknown type, for a value that is none of its type, and for
 * one that is spelled otherwise than we would: of two spellings of one value a reader could not tell that they are one.
 */
export function valueFromJson(property: string, { type, value }: { type: unknown; value: unknown }): Value {
  const known = VALUE_TYPES.find((name) => name === type);
  if (known === undefined) {
    throw invalid(property, `has the unknown type ${shown(type)}; known are ${VALUE_TYPES.join(', ')}`);
  }
  const decoded = decode(known, value);
  if (decoded && problemOfValue(decoded) === undefined) return decoded;
  throw invalid(property, `is no ${known}: expected ${EXPECTED[known]}, found ${shown(value)}`);
}

const EXPECTED: Readonly<Record<ValueType, string>> = {
  string: 'well-formed text',
  boolean: 'true or false',
  int32: 'a whole number from -2147483648 to 2147483647',
  int64: 'the digits of a whole number from -2^63 to 2^63-1 as text',
  double: 'a finite number, or the text NaN, Infinity, -Infinity or -0',
  decimal: 'text such as -12.50, without an exponent or a needless zero in front',
  datetime: 'text such as 2012-02-18T00:00:00.0000000Z, with seven digits of fraction',
  guid: 'text such as 0ec6f5d0-9a4b-4f1c-8f6b-3f1f6a0d2c11, in lower case',
  binary: 'base64 text with its padding',
  json: 'the text of one JSON document',
};

/** Only as far as JSON and our values differ; whether the value is sound is for others to say. */
function decode(type: ValueType, value: unknown): Value | undefined {
  switch (type) {
    case 'int64':
      return typeof value === 'string' ? int64Of(value) : undefined;
    case 'double':
      return decodeDouble(value);
    case 'binary':
      return typeof value === 'string' ? binaryOf(value) : undefined;
    default:
      // The caller looks at the result with problemOfValue, which takes whatever it is given.
      return { type, value } as Value;
  }
}

function decodeDouble(value: unknown): Value | undefined {
  const words: readonly unknown[] = ['NaN', 'Infinity', '-Infinity', '-0'];
  const isDouble = (typeof value === 'number' && Number.isFinite(value)) || words.includes(value);
  return isDouble ? { type: 'double', value: Number(value) } : undefined;
}

function doubleToJson(value: number): string | number {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : String(value);
}

const SHOWN_CHARACTERS = 40;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

function invalid(property: string, reason: string): Error {
  return refusal('TABLE_VALUE_INVALID', `property ${JSON.stringify(property)} ${reason}`, { property });
}
