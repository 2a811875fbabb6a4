import { type RowData, VALUE_TYPES, type Value } from 'changeover/table';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rows } from '../../../core/test/table/arbitraries.ts';
import { CsvColumns, type FileFormat, ndjsonLine } from '../../src/file/index.ts';
import { readText } from './read-text.ts';

const FORMATS: readonly FileFormat[] = ['ndjson', 'csv'];

function written(each: readonly RowData[], format: FileFormat): string {
  if (format === 'ndjson') return each.map(ndjsonLine).join('');
  const columns = new CsvColumns();
  for (const row of each) columns.add(row);
  return columns.header() + each.map((row) => columns.line(row)).join('');
}

/** What `toEqual` compares to the bit: −0 is not 0, and every binary is one of bytes. */
function comparable(each: readonly RowData[]): unknown {
  const valueOf = (value: Value) => (value.type === 'binary' ? [...value.value] : value.value);
  return each.map(({ partitionKey, rowKey, properties }) => ({
    partitionKey,
    rowKey,
    properties: new Map(
      Object.entries(properties).map(([name, value]) => [name, [value.type, valueOf(value)]]),
    ),
  }));
}

describe.each(FORMATS)('%s', (format) => {
  test('gives back every row to the bit, however its bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(rows(), { maxLength: 5 }),
        fc.integer({ min: 1, max: 40 }),
        async (each, size) => {
          expect(comparable(await readText(written(each, format), format, size))).toStrictEqual(
            comparable(each),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  test('does not change when it is written again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rows(), { maxLength: 4 }), async (each) => {
        const text = written(each, format);
        expect(written(await readText(text, format), format)).toBe(text);
      }),
      { numRuns: 100 },
    );
  });

  test('may begin with a byte order mark', async () => {
    const text = written([{ partitionKey: 'a', rowKey: '1', properties: {} }], format);
    expect(await readText(`\ufeff${text}`, format)).toHaveLength(1);
  });

  test('needs no line feed at its end', async () => {
    const text = written([{ partitionKey: 'a', rowKey: '1', properties: {} }], format);
    expect(await readText(text.trimEnd(), format)).toHaveLength(1);
  });
});

test('the arbitrary rows have values of every type', () => {
  const seen = new Set<string>();
  for (const { properties } of fc.sample(rows(), { numRuns: 300, seed: 1 })) {
    for (const { type } of Object.values(properties)) seen.add(type);
  }
  expect([...seen].toSorted()).toEqual(VALUE_TYPES.toSorted());
});
