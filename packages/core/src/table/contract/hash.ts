import assert from 'node:assert/strict';
import { encodeProperties } from '../encoding.ts';
import { compareKeys, keyOf } from '../key.ts';
import { RangeHasher } from '../range-hash.ts';
import { RESERVED_PROPERTY_PREFIX, RESERVED_ROW_PREFIX } from '../reserved.ts';
import type { RangeHash, RowData, Table } from '../table.ts';
import { int32, int64, string } from './builders.ts';
import { type ContractCase, contractCase } from './contract-case.ts';
import { anyPropertyName, column, reservedRows } from './need.ts';
import { assertFails, fill, key, manyRows, row, writeOne } from './support.ts';

const ROWS = ['p', 'q', 'r'].flatMap((partitionKey) =>
  ['a', 'b', 'c'].map((rowKey) => row(partitionKey, rowKey, { text: `${partitionKey}${rowKey}` })),
);

/** What every store must come to; worked out from the definition with another program. */
const ROWS_HASH: RangeHash = { rows: 9, hash: '3c712b14f1fccdc882d2f48167dfd359' };
const NOTHING: RangeHash = { rows: 0, hash: '0'.repeat(32) };

/** T13: one hash of equal rows, wherever they are. */
export const hashCases: readonly ContractCase[] = [
  contractCase('hashRange: nothing has the hash zero', async (subject) => {
    assert.deepEqual(await (await subject.open()).hashRange(), NOTHING);
  }),
  contractCase('hashRange: rows have the same hash in every store', async (subject) => {
    const table = await subject.open();
    await fill(table, ROWS);
    assert.deepEqual(await table.hashRange(), ROWS_HASH);
  }),
  contractCase('hashRange: how rows came to be what they are makes no difference', async (subject) => {
    const table = await subject.open();
    await fill(table, [...ROWS.toReversed(), row('s', 'd', { text: 'passing' })]);
    await writeOne(table, { ...row('q', 'b', { text: 'other' }), kind: 'replace', condition: '*' });
    await writeOne(table, { ...row('q', 'b', { text: 'qb' }), kind: 'upsertMerge' });
    await writeOne(table, { ...key('s', 'd'), kind: 'delete' });
    assert.deepEqual(await table.hashRange(), ROWS_HASH);
  }),
  contractCase(
    'hashRange: another key, name, value, or a row more or less is another hash',
    async (subject) => {
      const table = await subject.open();
      const variants = [
        [row('p', 'ab', { text: 'x' })],
        [row('pa', 'b', { text: 'x' })],
        [row('p', 'aB', { text: 'x' })],
        [row('p', 'ab', { text: 'y' })],
        [row('p', 'ab', { note: 'x' })],
        [row('p', 'ab', { text: 'x', note: 'x' })],
        [row('p', 'ab', { text: '' })],
        [row('p', 'ab')],
        [row('p', 'ab', { text: 'x' }), row('q', 'ab', { text: 'x' })],
        [row('p', 'a', { text: 'b' }), row('p', 'b', { text: 'a' })],
        [row('p', 'a', { text: 'a' }), row('p', 'b', { text: 'b' })],
        [],
      ];
      await assertDistinct(table, variants);
    },
  ),
  contractCase(
    'hashRange: another type is another hash',
    async (subject) => {
      const variants = [string('1'), int32(1), int64(1n)].map((text) => [row('p', 'r', { text })]);
      await assertDistinct(await subject.open(), variants);
    },
    anyPropertyName,
    column('count32'),
    column('count64'),
  ),
  contractCase(
    'hashRange: covers exactly the rows between two keys, whether or not they exist',
    async (subject) => {
      const table = await subject.open();
      await fill(table, ROWS);
      const ends = [key('', ''), key('p', 'a'), key('p', 'bb'), key('q', 'c'), key('r', 'c'), key('z', '')];
      for (const after of [undefined, ...ends]) {
        for (const through of [undefined, ...ends]) {
          const expected = ROWS.filter(
            (each) =>
              (!after || compareKeys(each, after) > 0) && (!through || compareKeys(each, through) <= 0),
          );
          const range = { ...(after ? { after } : {}), ...(through ? { through } : {}) };
          assert.deepEqual(await table.hashRange(range), hashOf(expected), JSON.stringify(range));
        }
      }
    },
  ),
  contractCase('hashRange: the hashes of the parts add up to that of the whole', async (subject) => {
    const table = await subject.open();
    const rows = manyRows('p', 2500);
    await fill(table, rows);
    const cut = keyOf(rows[1234] as RowData);
    const sum = new RangeHasher();
    sum.addRange(await table.hashRange({ through: cut }));
    sum.addRange(await table.hashRange({ after: cut }));
    assert.deepEqual(sum.result(), hashOf(rows));
    assert.deepEqual(await table.hashRange(), hashOf(rows));
  }),
  contractCase(
    'hashRange: an application hashes nothing that is reserved, our handle everything',
    async (subject) => {
      const [application, ours] = [await subject.open(), await subject.open({ reserved: true })];
      const tagged = { text: 'pa', [`${RESERVED_PROPERTY_PREFIX}tag`]: 'hidden' };
      const rows = [row('p', `${RESERVED_ROW_PREFIX}meta`), row('p', 'a', tagged), ...ROWS.slice(1)];
      await fill(ours, rows);
      assert.deepEqual(await application.hashRange(), ROWS_HASH);
      assert.deepEqual(await ours.hashRange(), hashOf(rows));
    },
    reservedRows,
  ),
  contractCase('hashRange: bounds that are not well-formed are refused', async (subject) => {
    const table = await subject.open();
    await assertFails(table.hashRange({ after: key('\ud800', '') }), 'TABLE_KEY_INVALID');
    await assertFails(table.hashRange({ through: key('p', '\udc00') }), 'TABLE_KEY_INVALID');
  }),
];

/** Asserts that no two of the variants, each put into the table alone, have the same hash. */
async function assertDistinct(table: Table, variants: readonly (readonly RowData[])[]): Promise<void> {
  const seen = new Map<string, number>();
  for (const [index, rows] of variants.entries()) {
    await fill(table, rows);
    const { hash } = await table.hashRange();
    const before = seen.get(hash);
    assert.equal(before, undefined, `variants ${before} and ${index} have the same hash`);
    seen.set(hash, index);
    for (const each of rows) await writeOne(table, { ...keyOf(each), kind: 'delete' });
  }
}

/** What a table that holds just these rows comes to. */
function hashOf(rows: readonly RowData[]): RangeHash {
  const hasher = new RangeHasher();
  for (const each of rows) hasher.add(each, encodeProperties(each.properties));
  return hasher.result();
}
