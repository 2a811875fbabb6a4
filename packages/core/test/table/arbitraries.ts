import {
  type Comparison,
  type Filter,
  type FilterSubject,
  type Properties,
  type RowData,
  type RowKey,
  VALUE_TYPES,
  type Value,
  type ValueType,
} from 'changeover/table';
import fc, { type Arbitrary } from 'fast-check';

/** Characters at which orders, quotes and encodings go wrong; few, so that strings often share a beginning. */
const HARD_CHARACTERS = [
  '\0',
  "'",
  '"',
  '\\',
  'a',
  '\u007f',
  'é',
  '\u2028',
  '\ud7ff',
  '\ue000',
  '\uffff',
  '𐀀',
  '\u{10ffff}',
];

/** Well-formed text of any length from 0, much of it of hard characters. */
export function texts(): Arbitrary<string> {
  const hard = fc.constantFrom(...HARD_CHARACTERS);
  return fc.oneof(
    fc.array(hard, { maxLength: 6 }).map((characters) => characters.join('')),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ maxLength: 12 }),
  );
}

export function keys(): Arbitrary<RowKey> {
  return record({ partitionKey: texts(), rowKey: texts() });
}

const ARBITRARY_OF: { readonly [T in ValueType]: () => Arbitrary<Value & { type: T }> } = {
  string: () => typed('string', texts()),
  boolean: () => typed('boolean', fc.boolean()),
  int32: () => typed('int32', fc.oneof(fc.integer(), fc.constantFrom(-(2 ** 31), -1, 0, 1, 2 ** 31 - 1))),
  int64: () => typed('int64', int64s()),
  double: () => typed('double', doubles()),
  decimal: () => typed('decimal', decimals()),
  datetime: () => typed('datetime', datetimes()),
  guid: () => typed('guid', guids()),
  binary: () => typed('binary', binaries()),
  json: () =>
    typed('json', fc.oneof(fc.json(), fc.constantFrom('null', '1.0', '{"b":1,"a":2}', ' [ ] ', '"\\u0000"'))),
};

/** Values of the given types, all of them by default, with every extreme of each. */
export function values(): Arbitrary<Value>;
export function values<T extends ValueType>(types: readonly T[]): Arbitrary<Value & { type: T }>;
export function values(types: readonly ValueType[] = VALUE_TYPES): Arbitrary<Value> {
  return fc.oneof(...types.map((type) => ARBITRARY_OF[type]()));
}

/** The types that filters have literals of. */
export const LITERAL_TYPES = VALUE_TYPES.filter((type) => type !== 'json');

export const NUMERIC_TYPES = ['int32', 'int64', 'double', 'decimal'] as const;

/** Names that objects reorder, inherit or trip over, and names that are words of a filter. */
const HARD_NAMES = [
  '10',
  '9',
  '01',
  'constructor',
  'toString',
  'hasOwnProperty',
  'RowKey',
  'and',
  'true',
  'X',
  'x"y',
  'é',
  '𐀀',
];

export function propertyNames(): Arbitrary<string> {
  return fc
    .oneof(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(...HARD_NAMES), texts())
    .filter((name) => name !== '' && name !== '__proto__');
}

export function properties(): Arbitrary<Properties> {
  return fc
    .uniqueArray(fc.tuple(propertyNames(), values()), { selector: ([name]) => name, maxLength: 8 })
    .map((members) => Object.fromEntries(members));
}

export function rows(): Arbitrary<RowData> {
  return record({ partitionKey: texts(), rowKey: texts(), properties: properties() });
}

/** Valid filters of any shape. */
export function filters(): Arbitrary<Filter> {
  return fc.letrec<{ filter: Filter; comparison: Filter; not: Filter; joined: Filter }>((tie) => ({
    filter: fc.oneof({ maxDepth: 4, withCrossShrink: true }, tie('comparison'), tie('not'), tie('joined')),
    comparison: comparisons(),
    not: record({ kind: fc.constant('not' as const), operand: tie('filter') }),
    joined: record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      operands: fc.array(tie('filter'), { minLength: 2, maxLength: 3 }),
    }),
  })).filter;
}

export function comparisons(): Arbitrary<Comparison> {
  const operator = fc.constantFrom(
    'eq' as const,
    'ne' as const,
    'gt' as const,
    'ge' as const,
    'lt' as const,
    'le' as const,
  );
  const kind = fc.constant('comparison' as const);
  const keySubjects = fc.constantFrom<FilterSubject>({ kind: 'partitionKey' }, { kind: 'rowKey' });
  const propertySubjects = propertyNames().map((name): FilterSubject => ({ kind: 'property', name }));
  return fc.oneof(
    record({ kind, subject: keySubjects, operator, value: values(['string']) }),
    record({ kind, subject: propertySubjects, operator, value: values(LITERAL_TYPES) }),
  );
}

function typed<T extends ValueType>(
  type: T,
  value: Arbitrary<(Value & { type: T })['value']>,
): Arbitrary<Value & { type: T }> {
  // The compiler does not see that a type and a value of that very type make a member of the union.
  return value.map((content) => ({ type, value: content }) as unknown as Value & { type: T });
}

/** Around 2^53 and 2^63, where doubles and int64s part, and small ones that often meet. */
function int64s(): Arbitrary<bigint> {
  const near = fc.constantFrom(0n, 2n ** 31n, 2n ** 53n, -(2n ** 53n), 2n ** 63n - 2n, -(2n ** 63n) + 1n);
  return fc.oneof(
    fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
    fc.tuple(near, fc.bigInt(-1n, 1n)).map(([n, step]) => n + step),
  );
}

function doubles(): Arbitrary<number> {
  const extremes = [
    NaN,
    Infinity,
    -Infinity,
    0,
    -0,
    0.1,
    1,
    5e-324,
    2 ** -1022,
    Number.MAX_VALUE,
    2 ** 53,
    2 ** 63,
    1e21,
  ];
  return fc.oneof(fc.double(), fc.constantFrom(...extremes), fc.integer({ min: -3, max: 3 }));
}

function decimals(): Arbitrary<string> {
  const exactTenth = '0.1000000000000000055511151231257827021181583404541015625';
  const extremes = fc.constantFrom(
    '0',
    '0.00',
    '0.1',
    '-0.1',
    exactTenth,
    '1.0',
    '1.00',
    '9007199254740993',
    '9223372036854775808',
    `1${'0'.repeat(400)}`,
    `0.${'0'.repeat(400)}1`,
  );
  const any = fc.tuple(fc.bigInt(-(10n ** 25n), 10n ** 25n), fc.string({ unit: digits(), maxLength: 25 }));
  return fc.oneof(
    extremes,
    any.map(([whole, fraction]) => (fraction === '' ? String(whole) : `${whole}.${fraction}`)),
  );
}

function digits(): Arbitrary<string> {
  return fc.nat({ max: 9 }).map(String);
}

function datetimes(): Arbitrary<string> {
  const any = fc
    .tuple(
      fc.date({
        min: new Date('0001-01-01T00:00:00Z'),
        max: new Date('9999-12-31T23:59:59Z'),
        noInvalidDate: true,
      }),
      fc.nat({ max: 9_999_999 }),
    )
    .map(([date, ticks]) => `${date.toISOString().slice(0, 19)}.${String(ticks).padStart(7, '0')}Z`);
  return fc.oneof(
    any,
    fc.constantFrom(
      '0001-01-01T00:00:00.0000000Z',
      '2000-02-29T00:00:00.0000001Z',
      '9999-12-31T23:59:59.9999999Z',
    ),
  );
}

function guids(): Arbitrary<string> {
  return fc.oneof(
    fc.uuid(),
    fc.constantFrom('00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'),
  );
}

/** Some are windows into a larger buffer, as drivers give them. */
function binaries(): Arbitrary<Uint8Array> {
  const whole = fc.uint8Array({ maxLength: 12 });
  return fc.oneof(
    whole,
    whole.map((bytes) => Uint8Array.from([1, 2, ...bytes, 3]).subarray(2, -1)),
  );
}

/** A plain object, as callers make them: what the generator gives by default has no prototype. */
function record<T>(members: { [K in keyof T]: Arbitrary<T[K]> }): Arbitrary<T> {
  return fc.record(members, { noNullPrototype: true });
}
