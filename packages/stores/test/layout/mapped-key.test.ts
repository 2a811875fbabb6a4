import assert from 'node:assert/strict';
import { compareKeys, compareText, type RowKey } from 'changeover/table';
import fc, { type Arbitrary } from 'fast-check';
import { test } from 'vitest';
import {
  decodeKey,
  encodeKey,
  type KeyColumn,
  type KeyColumns,
  type KeyValue,
  placeOfKey,
} from '../../src/layout/mapped-key.ts';

const TEXT: KeyColumn = { name: 't', kind: 'text' };
const INTEGER: KeyColumn = { name: 'n', kind: 'integer' };

const SHAPES: Readonly<Record<string, KeyColumns>> = {
  'one text': { partition: [], row: [TEXT] },
  'one integer': { partition: [], row: [INTEGER] },
  'a text and an integer': { partition: [TEXT], row: [INTEGER] },
  'two texts and two texts': { partition: [TEXT, TEXT], row: [TEXT, TEXT] },
  'a text between integers': { partition: [INTEGER, TEXT], row: [INTEGER, TEXT, INTEGER] },
};

/** Characters on both sides of the separator, of the escape and of the escapes' range, and where UTF-16 sorts apart. */
const CHARACTERS = [
  '\0',
  ' ',
  '!',
  '"',
  '#',
  '0',
  '1',
  '9',
  ':',
  'Q',
  'R',
  'S',
  'é',
  '\ue000',
  '\uffff',
  '😀',
];

const hardTexts = fc.array(fc.constantFrom(...CHARACTERS), { maxLength: 5 }).map((parts) => parts.join(''));
const texts = fc.oneof(hardTexts, fc.string({ unit: 'binary', maxLength: 6 }));
const integers = fc.oneof(
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  fc.constantFrom(-(2n ** 63n), -1n, 0n, 1n, 2n ** 63n - 1n),
);

for (const [name, columns] of Object.entries(SHAPES)) {
  const all = [...columns.partition, ...columns.row];

  test(`keys of ${name} decode to the values that they encode`, () => {
    fc.assert(
      fc.property(valuesOf(all), (values) => {
        assert.deepEqual(decodeKey(columns, encodeKey(columns, values)), values);
      }),
    );
  });

  test(`keys of ${name} sort as the columns do`, () => {
    fc.assert(
      fc.property(valuesOf(all), valuesOf(all), (a, b) => {
        const encoded = compareKeys(encodeKey(columns, a), encodeKey(columns, b));
        assert.equal(Math.sign(encoded), compareValues(a, b));
      }),
    );
  });

  test(`any key at all has its exact place among keys of ${name}`, () => {
    fc.assert(
      fc.property(valuesOf(all), bounds(columns), (values, bound) => {
        const place = placeOfKey(columns, bound);
        const order = compareValues(values.slice(0, place.values.length), place.values);
        const behind = order > 0 || (order === 0 && place.inclusive);
        assert.equal(behind, compareKeys(encodeKey(columns, values), bound) > 0);
        if (place.exact) assert.deepEqual(encodeKey(columns, place.values), bound);
      }),
      { numRuns: 2_000 },
    );
  });
}

test('composite keys are printable: control characters, spaces and quotes are escaped', () => {
  const columns = { partition: [], row: [TEXT, TEXT] };
  assert.equal(encodeKey(columns, ['New York', '\0!"']).rowKey, 'New"PYork!"0"Q"R');
});

test('a single text is its own key, whatever is in it', () => {
  assert.equal(encodeKey({ partition: [], row: [TEXT] }, [' !"\0']).rowKey, ' !"\0');
});

test('integers are twenty digits, with the lowest at zero', () => {
  const columns = { partition: [INTEGER], row: [INTEGER] };
  assert.deepEqual(encodeKey(columns, [-(2n ** 63n), 7n]), {
    partitionKey: '00000000000000000000',
    rowKey: '09223372036854775815',
  });
});

function valuesOf(columns: readonly KeyColumn[]): Arbitrary<KeyValue[]> {
  return fc.tuple(...columns.map(({ kind }): Arbitrary<KeyValue> => (kind === 'text' ? texts : integers)));
}

/** Keys of rows, such keys damaged in one place, and any texts. */
function bounds(columns: KeyColumns): Arbitrary<RowKey> {
  const partitionKey = fc.oneof(fc.constant(''), texts);
  const any = fc.record({ partitionKey, rowKey: texts }, { noNullPrototype: true });
  const near = valuesOf([...columns.partition, ...columns.row]).map((values) => encodeKey(columns, values));
  return fc.oneof(
    any,
    near,
    fc
      .tuple(near, fc.nat(40), hardTexts)
      .map(([key, at, text]) => ({ ...key, rowKey: damage(key.rowKey, at, text) })),
    fc
      .tuple(near, fc.nat(40), hardTexts)
      .map(([key, at, text]) => ({ ...key, partitionKey: damage(key.partitionKey, at, text) })),
  );
}

/** Cuts a text short, by whole characters, and ends it with another. */
function damage(text: string, at: number, end: string): string {
  return Array.from(text).slice(0, at).join('') + end;
}

/** The order of SQLite's columns: numbers by value, text by its UTF-8 bytes. */
function compareValues(a: readonly KeyValue[], b: readonly KeyValue[]): number {
  const orders = a.map((left, index) => {
    const right = b[index] ?? '';
    if (typeof left === 'string') return compareText(left, String(right));
    return Number(left > BigInt(right)) - Number(left < BigInt(right));
  });
  return Math.sign(orders.find((order) => order !== 0) ?? 0);
}
