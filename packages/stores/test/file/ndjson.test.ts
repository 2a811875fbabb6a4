import { describe, expect, test } from 'vitest';
import { ndjsonLine } from '../../src/file/index.ts';
import { readText } from './read-text.ts';

const GOOD = '{"partitionKey":"a","rowKey":"1","properties":{}}';

/** The one row of a file whose properties are this text. */
function withProperties(properties: string): string {
  return `{"partitionKey":"a","rowKey":"1","properties":${properties}}`;
}

test('a row is a line of JSON, its properties sorted by name', () => {
  const properties = {
    n: { type: 'int64', value: 5n },
    zero: { type: 'double', value: -0 },
    raw: { type: 'binary', value: Uint8Array.of(255) },
  } as const;
  expect(ndjsonLine({ partitionKey: 'a', rowKey: '1', properties })).toBe(
    '{"partitionKey":"a","rowKey":"1","properties":{"n":{"type":"int64","value":"5"},' +
      '"raw":{"type":"binary","value":"/w=="},"zero":{"type":"double","value":"-0"}}}\n',
  );
});

test('a line may have its members in any order, and space between them', async () => {
  const line =
    ' { "properties" : { "n" : { "value" : 1 , "type" : "int32" } } , "rowKey":"1","partitionKey":"a" } ';
  expect(await readText(`${line}\r\n`, 'ndjson')).toEqual([
    { partitionKey: 'a', rowKey: '1', properties: { n: { type: 'int32', value: 1 } } },
  ]);
});

test('an empty file has no rows', async () => {
  expect(await readText('', 'ndjson')).toEqual([]);
});

describe('a malformed line says its number, its column, and what was expected', () => {
  test.each([
    ['', 1, 'expected a row, which begins with "{", found the end of the line'],
    ['[]', 1, 'expected a row, which begins with "{", found "["'],
    ['{"partitionKey":"a"', 20, 'expected "," or "}", found the end of the line'],
    ['{"partitionKey":"a","rowKey":"1","properties":{}', 49, 'expected "," or "}", found the end'],
    [`${GOOD}x`, 50, 'expected the end of the line, found "x"'],
    [`${GOOD}${GOOD}`, 50, 'expected the end of the line, found "{"'],
    ['{"rowKey":"1","properties":{}}', 1, 'the row has no "partitionKey"'],
    ['{"partitionKey":"a","properties":{}}', 1, 'the row has no "rowKey"'],
    ['{"partitionKey":"a","rowKey":"1"}', 1, 'the row has no "properties"'],
    ['{"partitionKey":5,"rowKey":"1","properties":{}}', 17, 'expected the text of "partitionKey", found "5"'],
    ['{"partitionKey":"\\ud800","rowKey":"1","properties":{}}', 17, 'is not well-formed Unicode'],
    [
      '{"partitionKey":"a","rowKey":"1","rowKey":"2","properties":{}}',
      34,
      'the name "rowKey" stands here twice',
    ],
    ['{"PartitionKey":"a"}', 2, 'expected "partitionKey", "rowKey" or "properties", found "PartitionKey"'],
    ['{partitionKey:"a"}', 2, 'expected a name in double quotes, found "p"'],
    ['{"partitionKey" "a"}', 17, 'expected ":", found "\\""'],
    ['{"partitionKey":"a\\x"}', 17, 'this string has an escape that is none'],
    ['{"partitionKey":"a\tb"}', 17, 'a bare control character'],
    ['{"partitionKey":"a\\"}', 17, 'this string is not closed'],
    [withProperties('[]'), 47, 'expected the properties, which begin with "{", found "["'],
    [withProperties('{"n":5}'), 52, 'expected property "n" as {"type":…,"value":…}, found "5"'],
    [withProperties('{"n":{"type":"int32"}}'), 52, 'property "n" has no "value"'],
    [withProperties('{"n":{"value":5}}'), 52, 'property "n" has no "type"'],
    [withProperties('{"n":{"type":"int32","value":5,"x":1}}'), 78, 'expected "type" or "value", found "x"'],
    [
      withProperties('{"n":{"type":"int32","value":null}}'),
      76,
      'expected a string, a number, true or false, found "n"',
    ],
    [
      withProperties('{"n":{"type":"int","value":5}}'),
      52,
      'property "n" has the unknown type "int"; known are string,',
    ],
    [
      withProperties('{"n":{"type":"int32","value":"5"}}'),
      52,
      'property "n" is no int32: expected a whole number',
    ],
    [withProperties('{"n":{"type":"int32","value":4.99999999999999999}}'), 52, 'property "n" is no int32'],
    [withProperties('{"n":{"value":5.0,"type":"int32"}}'), 52, 'property "n" is no int32'],
    [withProperties('{"n":{"type":"double","value":1e999}}'), 52, 'property "n" is no double'],
    [
      withProperties('{"n":{"type":"int32","value":1},"n":{"type":"int32","value":1}}'),
      79,
      'the name "n" stands here twice',
    ],
    [withProperties('{"__proto__":{"type":"int32","value":1}}'), 48, 'cannot have the name "__proto__"'],
  ])('%s', async (line, column, message) => {
    await expect(readText(`${GOOD}\n${line}\n${GOOD}\n`, 'ndjson')).rejects.toMatchObject({
      code: 'FILE_MALFORMED',
      effect: 'none',
      details: { line: 2, column },
      message: expect.stringContaining(`line 2, column ${column}: `),
    });
    await expect(readText(`${GOOD}\n${line}\n${GOOD}\n`, 'ndjson')).rejects.toThrow(message);
  });
});
