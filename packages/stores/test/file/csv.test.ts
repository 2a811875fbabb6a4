import type { RowData } from 'changeover/table';
import { describe, expect, test } from 'vitest';
import { CsvColumns } from '../../src/file/index.ts';
import { readText } from './read-text.ts';

function csv(...each: readonly RowData[]): string {
  const columns = new CsvColumns();
  for (const data of each) columns.add(data);
  return columns.header() + each.map((data) => columns.line(data)).join('');
}

function row(rowKey: string, properties: RowData['properties']): RowData {
  return { partitionKey: 'a', rowKey, properties };
}

describe('writing', () => {
  test('gives each property a column with its type, sorted by name', () => {
    const rows = [
      row('1', { n: { type: 'int32', value: 5 }, at: { type: 'boolean', value: true } }),
      row('2', { z: { type: 'guid', value: '0ec6f5d0-9a4b-4f1c-8f6b-3f1f6a0d2c11' } }),
    ];
    expect(csv(...rows)).toBe(
      'PartitionKey,RowKey,at:boolean,n:int32,z:guid\r\na,1,true,5,\r\n' +
        'a,2,,,0ec6f5d0-9a4b-4f1c-8f6b-3f1f6a0d2c11\r\n',
    );
  });

  test('gives a property of two types two columns, of which a row fills one', () => {
    expect(
      csv(row('1', { n: { type: 'int32', value: 5 } }), row('2', { n: { type: 'string', value: '5' } })),
    ).toBe('PartitionKey,RowKey,n:int32,n:string\r\na,1,5,\r\na,2,,5\r\n');
  });

  test('quotes the empty text, quotes, commas and line ends, and nothing else', () => {
    const texts = ['', '"', ',', '\n', '\r', ' ', '=1+1'];
    const properties = texts.map((value, index) => [`p${index}`, { type: 'string', value }] as const);
    expect(csv(row('', Object.fromEntries(properties))).split('\r\n')[1]).toBe(
      'a,"","","""",",","\n","\r", ,=1+1',
    );
  });

  test('refuses a row with a property that has no column', () => {
    const columns = new CsvColumns();
    columns.add(row('1', { n: { type: 'int32', value: 5 } }));
    expect(() => columns.line(row('1', { n: { type: 'int64', value: 5n } }))).toThrow(
      expect.objectContaining({ code: 'FILE_COLUMNS_CHANGED', effect: 'none' }),
    );
  });

  test('refuses names that are data rather than columns', () => {
    const columns = new CsvColumns();
    const gather = () => {
      for (let n = 0; n < 20_000; n += 1) columns.add(row('1', { [`p${n}`]: { type: 'int32', value: n } }));
    };
    expect(gather).toThrow(expect.objectContaining({ code: 'FILE_NOT_REPRESENTABLE' }));
  });
});

describe('reading', () => {
  const HEADER = 'PartitionKey,RowKey,s:string,n:int32\r\n';

  test('tells the empty text from an absent property', async () => {
    expect(await readText(`${HEADER}a,1,"",\r\na,2,,\r\n`, 'csv')).toEqual([
      row('1', { s: { type: 'string', value: '' } }),
      row('2', {}),
    ]);
  });

  test('takes line feeds alone, quotes that were not needed, and line ends in quotes', async () => {
    expect(await readText(`${HEADER}"a",1,"x\r\ny\n","5"\na,2,,\n`, 'csv')).toEqual([
      row('1', { s: { type: 'string', value: 'x\r\ny\n' }, n: { type: 'int32', value: 5 } }),
      row('2', {}),
    ]);
  });

  test('takes a name with colons, for the type stands behind the last one', async () => {
    expect(await readText('PartitionKey,RowKey,a:string:int32\na,1,5\n', 'csv')).toEqual([
      row('1', { 'a:string': { type: 'int32', value: 5 } }),
    ]);
  });

  test.each([
    ['', 1, 1, 'expected the header PartitionKey,RowKey,NAME:TYPE,…, found an empty file'],
    ['RowKey,PartitionKey\n', 1, 1, 'column 1 is not PartitionKey'],
    ['PartitionKey,Rowkey\n', 1, 14, 'column 2 is not RowKey'],
    ['PartitionKey\n', 1, 1, 'column 2 is not RowKey'],
    ['PartitionKey,RowKey,n\n', 1, 21, 'expected NAME:TYPE, found "n"; types are string,'],
    ['PartitionKey,RowKey,n:int\n', 1, 21, 'expected NAME:TYPE, found "n:int"'],
    ['PartitionKey,RowKey,:int32\n', 1, 21, 'expected NAME:TYPE, found ":int32"'],
    ['PartitionKey,RowKey,n:int32,n:int32\n', 1, 29, 'the column "n:int32" stands here twice'],
    ['PartitionKey,RowKey,__proto__:int32\n', 1, 21, 'cannot have that name'],
    [`${HEADER}a,1,x,5\r\na,2,x\r\n`, 3, 5, 'expected 4 fields as in the header, found 3'],
    [`${HEADER}a,1,x,5,6\r\n`, 2, 9, 'expected 4 fields as in the header, found 5'],
    [`${HEADER}\r\n`, 2, 1, 'expected 4 fields as in the header, found 1'],
    [`${HEADER},1,x,5\r\n`, 2, 1, 'the row has no PartitionKey; an empty one is written ""'],
    [`${HEADER}a,,x,5\r\n`, 2, 3, 'the row has no RowKey'],
    [`${HEADER}a,1,x,five\r\n`, 2, 7, 'property "n" is no int32: expected a whole number'],
    [`${HEADER}a,1,x,5.5\r\n`, 2, 7, 'property "n" is no int32'],
    [`${HEADER}a,1,x,4.99999999999999999\r\n`, 2, 7, 'property "n" is no int32'],
    [`${HEADER}a,1,x,5e0\r\n`, 2, 7, 'property "n" is no int32'],
    [`${HEADER}a,1,x,""\r\n`, 2, 7, 'property "n" is no int32'],
    [`${HEADER}a,1,x"y,5\r\n`, 2, 6, 'expected a field with a quote in it to be in quotes itself'],
    [`${HEADER}a,1,"x"y,5\r\n`, 2, 8, 'expected "," or the end of the line behind the closing quote'],
    [`${HEADER}a,1,x\ry,5\r\n`, 2, 6, 'expected a line feed behind this carriage return'],
    [`${HEADER}a,1,"x\ny\n`, 2, 5, 'the field that is quoted here is not closed'],
    [`${HEADER}a,1,"x\ny",5.5\r\n`, 3, 4, 'property "n" is no int32'],
    ['PartitionKey,RowKey,n:int32,n:string\r\na,1,5,five\r\n', 2, 7, 'property "n" has two values'],
  ])('%j is malformed in line %i, column %i', async (text, line, column, message) => {
    const reading = readText(text, 'csv');
    await expect(reading).rejects.toMatchObject({ code: 'FILE_MALFORMED', details: { line, column } });
    await expect(reading).rejects.toThrow(`line ${line}, column ${column}: `);
    await expect(reading).rejects.toThrow(message);
  });
});
