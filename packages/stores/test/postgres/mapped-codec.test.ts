import assert from 'node:assert/strict';
import { isCode } from 'changeover/std';
import type { RowData, Table, Value } from 'changeover/table';
import { expect, test } from 'vitest';
import { describeServer, schemaOf } from './fixture.ts';

const rowWith = (value: Value | undefined, id = 'r'): RowData => ({
  partitionKey: '',
  rowKey: id,
  properties: value ? { v: value } : {},
});

/** What a column of this type reads what SQL put there as. */
const READS: readonly (readonly [declared: string, sql: string, type: Value['type'], value: unknown])[] = [
  ['text', `'a'`, 'string', 'a'],
  ['varchar(3)', `'é😀x'`, 'string', 'é😀x'],
  ['char(3)', `'a'`, 'string', 'a  '],
  ['boolean', 'true', 'boolean', true],
  ['smallint', '-32768', 'int32', -32768],
  ['integer', '2147483647', 'int32', 2147483647],
  ['bigint', '-9223372036854775808', 'int64', -(2n ** 63n)],
  ['numeric', '1.50', 'decimal', '1.50'],
  ['numeric(10,4)', '1.5', 'decimal', '1.5000'],
  ['real', '0.1', 'double', 0.10000000149011612],
  ['double precision', '0.1', 'double', 0.1],
  ['double precision', `'-0'`, 'double', -0],
  ['double precision', `'NaN'`, 'double', Number.NaN],
  ['double precision', '5e-324', 'double', 5e-324],
  ['timestamptz', `'2012-02-18 01:02:03.456789+02'`, 'datetime', '2012-02-17T23:02:03.4567890Z'],
  ['timestamptz', `'9999-12-31 23:59:59.999999+00'`, 'datetime', '9999-12-31T23:59:59.9999990Z'],
  ['timestamptz', `'0001-01-01 00:00:00+00'`, 'datetime', '0001-01-01T00:00:00.0000000Z'],
  ['timestamp', `'2012-02-18 01:02:03.4'`, 'string', '2012-02-18 01:02:03.4'],
  ['date', `'2012-02-29'`, 'string', '2012-02-29'],
  ['uuid', `'01234567-89AB-CDEF-0123-456789ABCDEF'`, 'guid', '01234567-89ab-cdef-0123-456789abcdef'],
  ['bytea', `'\\x00ff27'`, 'binary', new Uint8Array([0, 255, 39])],
  ['json', `'{ "a" : 1.0 }'`, 'json', '{ "a" : 1.0 }'],
  ['jsonb', `'{ "b" : 1.0, "a" : [1,2] }'`, 'json', '{"a": [1, 2], "b": 1.0}'],
  ['integer[]', `'{1,NULL,3}'`, 'string', '{1,NULL,3}'],
  ['text[]', `array['a b', 'null', '"', null]`, 'string', '{"a b","null","\\"",NULL}'],
  ['interval', `'1 day 2 hours'`, 'string', 'P1DT2H'],
  ['inet', `'::1'`, 'string', '::1'],
];

/** What a column of this type must refuse, since it would not give it back. */
const REFUSES: readonly (readonly [declared: string, value: Value, reason: RegExp])[] = [
  ['text', { type: 'string', value: 'a\0b' }, /NUL/],
  ['text', { type: 'int32', value: 1 }, /values of type string/],
  ['varchar(3)', { type: 'string', value: 'abcd' }, /too short/],
  ['char(3)', { type: 'string', value: 'ab' }, /fill up/],
  ['smallint', { type: 'int32', value: 32768 }, /too small/],
  ['numeric(5,2)', { type: 'decimal', value: '1.5' }, /2 digits behind the point/],
  ['numeric(5,2)', { type: 'decimal', value: '1000.00' }, /too few digits/],
  ['real', { type: 'double', value: 0.1 }, /round/],
  ['timestamptz', { type: 'datetime', value: '2012-02-18T00:00:00.0000001Z' }, /microseconds/],
  ['date', { type: 'string', value: '2012-02-30' }, /refuse or spell/],
  ['timestamp', { type: 'string', value: '2012-02-18 00:00:00.10' }, /refuse or spell/],
  ['jsonb', { type: 'json', value: '{"b":1}' }, /refuse or spell/],
  ['jsonb', { type: 'json', value: '{"b": 1, "a": 2}' }, /refuse or spell/],
  ['jsonb', { type: 'json', value: '1e2' }, /refuse or spell/],
  ['jsonb', { type: 'json', value: '"\\u0000"' }, /refuse or spell/],
  ['integer[]', { type: 'string', value: '{1, 2}' }, /refuse or spell/],
  ['integer[]', { type: 'string', value: '{01}' }, /refuse or spell/],
  ['integer[]', { type: 'string', value: '{9999999999}' }, /refuse or spell/],
  ['text[]', { type: 'string', value: '{"a"}' }, /refuse or spell/],
  ['$SCHEMA.mood', { type: 'string', value: 'furious' }, /refuse or spell/],
  ['interval', { type: 'string', value: '1 day' }, /refuse or spell/],
];

/** What a column of this type keeps to the bit. */
const KEEPS: readonly (readonly [declared: string, value: Value])[] = [
  ['varchar(3)', { type: 'string', value: '😀😀😀' }],
  ['char(3)', { type: 'string', value: 'a  ' }],
  ['smallint', { type: 'int32', value: -32768 }],
  ['numeric', { type: 'decimal', value: '12345678901234567890123456789012345678.900' }],
  ['numeric(5,2)', { type: 'decimal', value: '-999.99' }],
  ['numeric(5,2)', { type: 'decimal', value: '0.00' }],
  ['real', { type: 'double', value: 0.10000000149011612 }],
  ['real', { type: 'double', value: -0 }],
  ['timestamptz', { type: 'datetime', value: '1582-10-10T00:00:00.0000010Z' }],
  ['timestamp', { type: 'string', value: '2012-02-18 00:00:00.1' }],
  ['date', { type: 'string', value: 'infinity' }],
  ['jsonb', { type: 'json', value: '{"b": 1.0, "aa": [{}, [], "é\\n", null, -0.5]}' }],
  ['json', { type: 'json', value: '{"a":1,"a":2, "n": "\\u0000"}' }],
  ['integer[]', { type: 'string', value: '{{1,2},{3,NULL}}' }],
  ['text[]', { type: 'string', value: '{"a b","","null","back\\\\slash",é}' }],
  ['boolean[]', { type: 'string', value: '{t,f}' }],
  ['uuid[]', { type: 'string', value: '{01234567-89ab-cdef-0123-456789abcdef}' }],
  ['$SCHEMA.mood', { type: 'string', value: 'so so' }],
  ['$SCHEMA.mood[]', { type: 'string', value: '{"so so",glad}' }],
  ['text', { type: 'string', value: `\\N\t\n\r'"` }],
];

await describeServer('Postgres, types of columns', (database) => {
  const tableWith = async (declared: string) => {
    const schema = await schemaOf(database);
    await schema.sql(`create type $SCHEMA.mood as enum ('glad', 'so so')`);
    const columns = `id text primary key, v ${declared.replace('$SCHEMA', schema.name)}`;
    return { schema, table: await schema.mappedTable(columns) };
  };

  test.each(READS)('%s holds %s, which reads as %s', async (declared, sql, type, value) => {
    const { schema, table } = await tableWith(declared);
    await schema.sql(`insert into $SCHEMA.t values ('r', ${sql})`);
    const row = await table.get({ partitionKey: '', rowKey: 'r' });
    assert.deepEqual(row?.properties, { v: { type, value } });
    assert.deepEqual((await table.scan()).rows[0]?.properties, { v: { type, value } });
  });

  test.each(REFUSES)('%s refuses %j before anything is written', async (declared, value, reason) => {
    const { schema, table } = await tableWith(declared);
    expect(table.problemOf(rowWith(value))?.reason).toMatch(reason);
    await assert.rejects(table.load([rowWith(undefined, 'other'), rowWith(value)]), (error) =>
      isCode(error, 'TABLE_VALUE_UNSUPPORTED'),
    );
    expect(await schema.sql('select * from $SCHEMA.t')).toEqual([]);
  });

  test.each(KEEPS)('%s keeps %j to the bit, however it is written', async (declared, value) => {
    const { table } = await tableWith(declared);
    const many = Array.from({ length: 60 }, (_, index) => rowWith(value, `many ${index}`));
    await table.write([{ ...rowWith(value, 'one'), kind: 'insert' }]);
    await table.load([rowWith(value, 'few')]);
    await table.load(many);
    const { rows } = await table.scan();
    assert.equal(rows.length, 62);
    for (const row of rows) assert.deepEqual(row.properties, { v: value });
  });

  test.each([
    ['numeric', `'NaN'`, 'decimal'],
    ['timestamptz', `'infinity'`, 'datetime'],
    ['timestamptz', `'0044-03-15 BC'`, 'datetime'],
    ['timestamptz', `'10000-01-01'`, 'datetime'],
  ])('%s holds %s, which no %s is: it is met as an error, by a filter too', async (declared, sql, type) => {
    const { schema, table } = await tableWith(declared);
    await schema.sql(`insert into $SCHEMA.t values ('bad', ${sql})`);
    await assertUnreadable(table, {}, type);
    const value: Value =
      type === 'decimal' ? { type, value: '1' } : { type: 'datetime', value: '2012-02-18T00:00:00.0000000Z' };
    for (const operator of ['eq', 'lt', 'gt'] as const) {
      const filter = {
        kind: 'comparison',
        subject: { kind: 'property', name: 'v' },
        operator,
        value,
      } as const;
      await assertUnreadable(table, { filter }, type);
      await assertUnreadable(table, { filter: { kind: 'not', operand: filter } }, type);
    }
  });

  test('a mapping may give a text another type, which keeps what the server’s own would round', async () => {
    const schema = await schemaOf(database);
    const parameters = { partitionKey: 'id', rowKey: 'id', types: 'v:datetime' };
    const table = await schema.mappedTable('id text primary key, v text', parameters);
    const value: Value = { type: 'datetime', value: '2012-02-18T00:00:00.0000001Z' };
    await table.write([{ ...rowWith(value), kind: 'insert' }]);
    assert.deepEqual((await table.get({ partitionKey: '', rowKey: 'r' }))?.properties, { v: value });
  });
});

async function assertUnreadable(table: Table, options: object, type: string): Promise<void> {
  await assert.rejects(table.scan(options), (error: Error) => {
    return isCode(error, 'TABLE_VALUE_INVALID') && error.message.includes(`no ${type}`);
  });
}
