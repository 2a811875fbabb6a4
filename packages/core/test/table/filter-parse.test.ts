import { type Filter, parseFilter, type Value } from 'changeover/table';
import { describe, expect, test } from 'vitest';

describe('a filter', () => {
  test('compares a property with a literal', () => {
    expect(parseFilter("Name eq 'x'")).toEqual(compare('Name', 'eq', { type: 'string', value: 'x' }));
  });

  test.each(['eq', 'ne', 'gt', 'ge', 'lt', 'le'])('has the operator %s', (operator) => {
    expect(parseFilter(`a ${operator} 1`)).toEqual(compare('a', operator, { type: 'int32', value: 1 }));
  });

  test('compares the keys', () => {
    expect(parseFilter("PartitionKey eq 'FR' and RowKey ge 'a'")).toEqual({
      kind: 'and',
      operands: [
        {
          kind: 'comparison',
          subject: { kind: 'partitionKey' },
          operator: 'eq',
          value: { type: 'string', value: 'FR' },
        },
        {
          kind: 'comparison',
          subject: { kind: 'rowKey' },
          operator: 'ge',
          value: { type: 'string', value: 'a' },
        },
      ],
    });
  });

  test('names any property in double quotes, even one that is called RowKey', () => {
    expect(parseFilter('"RowKey" eq 1')).toEqual(compare('RowKey', 'eq', { type: 'int32', value: 1 }));
    expect(parseFilter('"my ""col""" eq 1')).toEqual(compare('my "col"', 'eq', { type: 'int32', value: 1 }));
  });

  test.each([
    'X',
    'guid',
    'datetime',
    'binary',
    'null',
    'Änderung',
    '名',
    '_x1',
    'notable',
    'android',
    'PartitionKeys',
  ])('names the property %s as it stands', (name) => {
    expect(parseFilter(`${name} eq 1`)).toEqual(compare(name, 'eq', { type: 'int32', value: 1 }));
  });

  test('binds not closer than and, and that closer than or', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => compare(name, 'eq', { type: 'int32', value: 1 }));
    expect(parseFilter('not a eq 1 and b eq 1 or c eq 1')).toEqual({
      kind: 'or',
      operands: [{ kind: 'and', operands: [{ kind: 'not', operand: a }, b] }, c],
    });
    expect(parseFilter('a eq 1 or b eq 1 and c eq 1')).toEqual({
      kind: 'or',
      operands: [a, { kind: 'and', operands: [b, c] }],
    });
    expect(parseFilter('not (a eq 1 and b eq 1)')).toEqual({
      kind: 'not',
      operand: { kind: 'and', operands: [a, b] },
    });
  });

  test('joins a chain into one, and keeps one in parentheses apart', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => compare(name, 'eq', { type: 'int32', value: 1 }));
    expect(parseFilter('a eq 1 and b eq 1 and c eq 1')).toEqual({ kind: 'and', operands: [a, b, c] });
    expect(parseFilter('a eq 1 and (b eq 1 and c eq 1)')).toEqual({
      kind: 'and',
      operands: [a, { kind: 'and', operands: [b, c] }],
    });
    expect(parseFilter('((a eq 1))')).toEqual(a);
  });

  test('may have any white space, or none where words stay apart', () => {
    expect(parseFilter("\n ( a\teq'x' )and not(b eq 1)")).toEqual(parseFilter("a eq 'x' and not (b eq 1)"));
  });
});

describe('the literal', () => {
  test.each<[string, Value]>([
    ["''", { type: 'string', value: '' }],
    ["'it''s'", { type: 'string', value: "it's" }],
    ["''''", { type: 'string', value: "'" }],
    ['true', { type: 'boolean', value: true }],
    ['false', { type: 'boolean', value: false }],
    ['5', { type: 'int32', value: 5 }],
    ['-2147483648', { type: 'int32', value: -2147483648 }],
    ['-0', { type: 'int32', value: 0 }],
    ['007', { type: 'int32', value: 7 }],
    ['5L', { type: 'int64', value: 5n }],
    ['-9223372036854775808L', { type: 'int64', value: -(2n ** 63n) }],
    ['5.0', { type: 'double', value: 5 }],
    ['1e3', { type: 'double', value: 1000 }],
    ['1.5E-7', { type: 'double', value: 1.5e-7 }],
    ['-0.0', { type: 'double', value: -0 }],
    ['NaN', { type: 'double', value: NaN }],
    ['INF', { type: 'double', value: Infinity }],
    ['-INF', { type: 'double', value: -Infinity }],
    ['1.50M', { type: 'decimal', value: '1.50' }],
    ['-0.5M', { type: 'decimal', value: '-0.5' }],
    ['-0.00M', { type: 'decimal', value: '0.00' }],
    ['-007.0M', { type: 'decimal', value: '-7.0' }],
    ["datetime'2012-02-18'", datetime('2012-02-18T00:00:00.0000000Z')],
    ["datetime'2012-02-18T03:04:05'", datetime('2012-02-18T03:04:05.0000000Z')],
    ["datetime'2012-02-18T03:04:05.12Z'", datetime('2012-02-18T03:04:05.1200000Z')],
    ["datetime'2012-02-18T03:04:05.1234567'", datetime('2012-02-18T03:04:05.1234567Z')],
    ["datetime'2012-03-01T01:04:05.1234567+02:00'", datetime('2012-02-29T23:04:05.1234567Z')],
    ["datetime'2011-12-31T23:30:00-00:45'", datetime('2012-01-01T00:15:00.0000000Z')],
    ["datetime'0001-01-01'", datetime('0001-01-01T00:00:00.0000000Z')],
    ["datetime'0099-12-31T23:59:59+00:00'", datetime('0099-12-31T23:59:59.0000000Z')],
    [
      "guid'C0FFEE00-0000-0000-0000-00000000000A'",
      { type: 'guid', value: 'c0ffee00-0000-0000-0000-00000000000a' },
    ],
    ["X'00Ff'", { type: 'binary', value: Uint8Array.of(0, 255) }],
    ["binary'00ff'", { type: 'binary', value: Uint8Array.of(0, 255) }],
    ["X''", { type: 'binary', value: new Uint8Array() }],
  ])('%s is %o', (text, value) => {
    expect(parseFilter(`a eq ${text}`)).toEqual(compare('a', 'eq', value));
  });
});

describe('a text that is no filter is refused at its column:', () => {
  test.each([
    ['', 1, 'expected PartitionKey, RowKey or a property name, found the end'],
    ['a', 2, 'expected one of eq, ne, gt, ge, lt, le, found the end'],
    ['a = 1', 3, 'expected one of eq, ne, gt, ge, lt, le, found "="'],
    ['a EQ 1', 3, 'expected one of eq, ne, gt, ge, lt, le, found "EQ"'],
    ['a eq', 5, 'expected a literal, found the end'],
    ['a eq )', 6, 'expected a literal, found ")"'],
    ['a eq null', 6, 'expected a literal such as'],
    ['a eq b', 6, 'expected a literal such as'],
    ['a eq .5', 6, 'expected a literal such as'],
    ['a eq +5', 6, 'expected a literal such as'],
    ['a eq 5l', 6, 'expected a literal such as'],
    ['a eq 1 b', 8, 'expected "and", "or" or the end, found "b"'],
    ['a eq 1 and', 11, 'expected PartitionKey, RowKey or a property name, found the end'],
    ['a eq 1 AND b eq 1', 8, 'expected "and", "or" or the end, found "AND"'],
    ['(a eq 1', 8, 'expected "and", "or" or ")", found the end'],
    ['a eq 1)', 7, 'expected "and", "or" or the end, found ")"'],
    ['and eq 1', 1, 'expected PartitionKey, RowKey or a property name, found "and"'],
    ['true eq 1', 1, 'expected PartitionKey, RowKey or a property name, found "true"'],
    ['5 eq a', 1, 'expected PartitionKey, RowKey or a property name, found "5"'],
    ["a eq 'x", 6, "this ' is never closed"],
    ['"a eq 1', 1, 'this " is never closed'],
    ['"" eq 1', 1, '"" is not a property name'],
    ['"\ud800" eq 1', 1, '"\\ud800" is not a property name'],
    ["a eq '\ud800'", 6, 'the literal is not well-formed Unicode text'],
    ["a eq date'2012-02-18'", 6, "date'…' is no literal"],
    ['a eq 2147483648', 6, '2147483648 is out of the range of int32; write it as an int64, 2147483648L'],
    ['a eq 9223372036854775808', 6, 'write it as a decimal, 9223372036854775808M'],
    [
      'a eq 9223372036854775808L',
      6,
      'out of the range of int64; write it as a decimal, 9223372036854775808M',
    ],
    ['a eq 1.5L', 6, 'an int64 has no fraction or exponent'],
    ['a eq 1e3M', 6, 'a decimal has no exponent'],
    ['a eq 1e999', 6, '1e999 is out of the range of double'],
    ["a eq datetime'2011-02-29'", 6, '2011-02-29 is no date'],
    ["a eq datetime'2012-02-18T10:00'", 6, "expected datetime'YYYY-MM-DD'"],
    ["a eq datetime'2012-02-18T10:00:00.12345678'", 6, "expected datetime'YYYY-MM-DD'"],
    ["a eq datetime'0001-01-01T00:00:00+00:01'", 6, 'outside the years 0001 to 9999'],
    ["a eq datetime'9999-12-31T23:59:59-00:01'", 6, 'outside the years 0001 to 9999'],
    ["a eq guid'x'", 6, 'the literal is not a lower-case guid'],
    ["a eq X'0'", 6, "a X'…' holds pairs of hexadecimal digits"],
    ['PartitionKey eq 5', 17, 'a key is compared with text in single quotes, not with the type int32'],
    ['RowKey eq true', 11, 'a key is compared with text in single quotes, not with the type boolean'],
    ['𐀀 eq 1 x', 8, 'found "x"'],
  ])('%j at %i', (text, column, message) => {
    expect(() => parseFilter(text)).toThrow(
      expect.objectContaining({
        code: 'TABLE_FILTER_INVALID',
        effect: 'none',
        details: { column, text },
        message: expect.stringContaining(message),
      }),
    );
  });

  test('with a message that says where', () => {
    expect(() => parseFilter('a eq 1 or b = 2')).toThrow(
      'the filter is invalid at column 13: expected one of eq, ne, gt, ge, lt, le, found "="',
    );
  });

  test.each(['(', 'not ', 'not (', '(not '])('nesting of %j beyond 200 levels', (opening) => {
    expect(() => parseFilter(opening.repeat(100_000))).toThrow('nests more than 200 levels deep');
  });
});

test('a filter may nest 200 levels deep', () => {
  expect(parseFilter(`${'('.repeat(200)}a eq 1${')'.repeat(200)}`)).toEqual(parseFilter('a eq 1'));
  expect(() => parseFilter(`${'not '.repeat(200)}a eq 1`)).not.toThrow();
});

function compare(name: string, operator: string, value: Value): Filter {
  return { kind: 'comparison', subject: { kind: 'property', name }, operator, value } as Filter;
}

function datetime(value: string): Value {
  return { type: 'datetime', value };
}
