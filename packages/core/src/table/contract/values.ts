import assert from 'node:assert/strict';
import { isOperationalError } from '../../std/index.ts';
import { sameKey } from '../key.ts';
import type { RowData, Table } from '../table.ts';
import { formatValue, VALUE_TYPES, type Value, type ValueType } from '../value.ts';
import { decimal, guid, int32, int64, json, string } from './builders.ts';
import { COLUMN_OF_TYPE, CONTRACT_COLUMNS } from './columns.ts';
import { type ContractCase, type ContractSubject, contractCase } from './contract-case.ts';
import { CONTRACT_VALUES } from './extremes.ts';
import { column, lacksValueType } from './need.ts';
import {
  assertAbsent,
  assertFails,
  assertPresent,
  assertRows,
  failureOf,
  fill,
  insert,
  present,
  row,
  scanAll,
} from './support.ts';

/** Values of no type, under the type that they claim. */
const INVALID: readonly Value[] = [
  string('\ud800'),
  string('a\udc00'),
  int32(2 ** 31),
  int32(0.5),
  int32(-0),
  int32(Number.NaN),
  int64(2n ** 63n),
  int64(-(2n ** 63n) - 1n),
  decimal('1e3'),
  decimal('01'),
  decimal('-0.0'),
  decimal('.5'),
  decimal(''),
  { type: 'datetime', value: '2012-02-30T00:00:00.0000000Z' },
  { type: 'datetime', value: '2012-02-18T00:00:00Z' },
  { type: 'datetime', value: '0000-01-01T00:00:00.0000000Z' },
  guid('C0FFEE00-0000-0000-0000-000000000000'),
  guid('c0ffee'),
  json('{'),
  json(''),
];

/** T5: bit for bit, or refused. */
export const valueCases: readonly ContractCase[] = [
  ...VALUE_TYPES.map((type) =>
    contractCase(
      `values: every ${type} comes back bit for bit, or is refused`,
      (subject) => checkType(subject, type),
      column(COLUMN_OF_TYPE[type]),
    ),
  ),
  contractCase('values: a value that its type does not have is refused', async (subject) => {
    const table = await subject.open();
    for (const value of INVALID) {
      const data = row('p', 'r', { [COLUMN_OF_TYPE[value.type]]: value });
      assert.ok(table.problemOf(data), `${formatValue(value)} has no problem`);
      await assertRefused(table, data);
    }
    await assertFails(
      table.write([{ ...row('p', 'r', { text: string('\ud800') }), kind: 'insert' }]),
      'TABLE_VALUE_INVALID',
    );
  }),
  contractCase(
    'values: a value of a type that the store lacks is refused',
    async (subject) => {
      const table = await subject.open();
      const lacking = VALUE_TYPES.filter((type) => !table.manifest.valueTypes.includes(type));
      for (const type of lacking) {
        const [value] = CONTRACT_VALUES[type];
        const data = row('p', 'r', { [COLUMN_OF_TYPE[type]]: value as Value });
        await assertFails(table.write([{ ...data, kind: 'insert' }]), 'TABLE_VALUE_UNSUPPORTED');
        await assertFails(table.load([data]), 'TABLE_VALUE_UNSUPPORTED');
      }
    },
    lacksValueType,
  ),
  contractCase('values: a row holds values of every type that there is side by side', async (subject) => {
    const table = await subject.open();
    const names = Object.entries(CONTRACT_COLUMNS).map(
      ([name, type]) => [name, CONTRACT_VALUES[type][0]] as const,
    );
    let full = row('p', 'r');
    for (const [name, value] of names) {
      const wider = row('p', 'r', { ...full.properties, [name]: value as Value });
      if (!table.problemOf(wider)) full = wider;
    }
    assert.ok(Object.keys(full.properties).length >= 2, 'the table holds at least text and note');
    await insert(table, full);
    await assertPresent(table, full);
  }),
  contractCase('values: every awkward property name is kept to the letter, or refused', async (subject) => {
    const table = await subject.open();
    for (const [index, [name, type]] of Object.entries(CONTRACT_COLUMNS).entries()) {
      const value = CONTRACT_VALUES[type].at(-1) as Value;
      await assertHeldOrRefused(table, row('p', `r${index}`, { [name]: value }));
    }
  }),
  contractCase('values: a property without a name that can be kept is refused', async (subject) => {
    const table = await subject.open();
    for (const name of ['', '__proto__', '\ud800']) {
      const properties = Object.fromEntries([[name, string('a')]]);
      const data = { ...row('p', 'r'), properties };
      await assertFails(table.write([{ ...data, kind: 'insert' }]), 'TABLE_NAME_INVALID');
      await assertFails(table.load([data]), 'TABLE_NAME_INVALID');
    }
    await assertAbsent(table, row('p', 'r'));
  }),
];

async function checkType(subject: ContractSubject, type: ValueType): Promise<void> {
  const table = await subject.open();
  const name = COLUMN_OF_TYPE[type];
  const rows = CONTRACT_VALUES[type].map((value, index) =>
    row('p', `r${String(index).padStart(3, '0')}`, { [name]: value }),
  );
  for (const each of rows) await assertHeldOrRefused(table, each);
  const held = rows.filter((each) => !table.problemOf(each));
  assert.ok(held.length > 0, `the store has the type ${type}, but holds no value of it`);
  const loaded = held.map((each) => ({ ...each, partitionKey: 'loaded' }));
  await fill(table, loaded);
  assertRows(await scanAll(table), [...loaded, ...held]);
  assertRows(await scanAll(table, { lazy: true }), [...loaded, ...held]);
  assertRows(await scanAll(table, { select: [name] }), [...loaded, ...held]);
  assertRows(await table.query('p'), held);
}

async function assertHeldOrRefused(table: Table, data: RowData): Promise<void> {
  if (table.problemOf(data)) return assertRefused(table, data);
  await insert(table, data);
  assertRows([await present(table, data)], [data]);
}

/** What `problemOf` objects to, neither a write nor a load takes, and nothing happens. */
export async function assertRefused(table: Table, data: RowData): Promise<void> {
  const attempts = [
    () => table.write([{ ...data, kind: 'upsertReplace' }]),
    () => table.write([{ ...data, kind: 'upsertMerge' }]),
    () => table.load([data]),
  ];
  for (const attempt of attempts) {
    const error = await failureOf(attempt());
    assert.ok(isOperationalError(error), `a refusal was expected, not ${String(error)}`);
    assert.match(error.code, /^TABLE_(VALUE_|NAME_|KEY_|TOO_LARGE)/);
    assert.equal(error.effect, 'none');
  }
  const rows = await scanAll(table);
  assert.ok(!rows.some((each) => sameKey(each, data)), 'a row that was refused is there');
}
