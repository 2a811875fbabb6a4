import type { RowData, Table } from '../table.ts';
import { keyIs } from './builders.ts';
import { type ContractCase, contractCase } from './contract-case.ts';
import { anyPropertyName, reachableBytes, reachableRows } from './need.ts';
import {
  assertAbsent,
  assertFails,
  assertRows,
  assertTable,
  fill,
  insert,
  largeRows,
  manyRows,
  row,
} from './support.ts';
import { assertRefused } from './values.ts';

const batchRows = reachableRows('atomicBatch.rows', ({ atomicBatch }) => atomicBatch.rows);
const batchBytes = reachableBytes('atomicBatch.bytes', ({ atomicBatch }) => atomicBatch.bytes);
const queryRows = reachableRows('atomicQuery.rows', ({ atomicQuery }) => atomicQuery.rows);
const queryBytes = reachableBytes('atomicQuery.bytes', ({ atomicQuery }) => atomicQuery.bytes);
const loadRows = reachableRows('load.rows', ({ load }) => load.rows);
const loadBytes = reachableBytes('load.bytes', ({ load }) => load.bytes);
const keyBytes = reachableBytes('limits.keyBytes', ({ limits }) => limits.keyBytes);
const largestRow = reachableBytes('limits.rowBytes', ({ limits }) => limits.rowBytes);
const properties = reachableRows('limits.properties', ({ limits }) => limits.properties);
const nameBytes = reachableBytes('limits.propertyNameBytes', ({ limits }) => limits.propertyNameBytes);

/** T12: limits are where the manifest says. */
export const limitCases: readonly ContractCase[] = [
  contractCase(
    'limits: a batch of as many rows as the manifest says is applied',
    async (subject) => {
      const table = await subject.open();
      const rows = manyRows('p', table.manifest.atomicBatch.rows);
      await table.write(rows.map((each) => ({ ...each, kind: 'insert' })));
      await assertTable(table, rows);
    },
    batchRows,
  ),
  contractCase(
    'limits: a batch of one row more is refused',
    async (subject) => {
      const table = await subject.open();
      await assertBatchTooLarge(table, manyRows('p', table.manifest.atomicBatch.rows + 1));
    },
    batchRows,
  ),
  contractCase(
    'limits: a batch of more bytes than the manifest says is refused',
    async (subject) => {
      const table = await subject.open();
      await assertBatchTooLarge(table, largeRows(table, table.manifest.atomicBatch.bytes));
    },
    batchBytes,
  ),
  contractCase(
    'limits: a query gives as many rows as the manifest says',
    async (subject) => {
      const table = await subject.open();
      const rows = manyRows('p', table.manifest.atomicQuery.rows);
      await fill(table, rows);
      assertRows(await table.query('p'), rows);
    },
    queryRows,
  ),
  contractCase(
    'limits: a query of more rows fails rather than give a part of them',
    async (subject) => {
      const table = await subject.open();
      await fill(table, manyRows('p', table.manifest.atomicQuery.rows + 1));
      await assertFails(table.query('p'), 'TABLE_QUERY_TOO_LARGE');
    },
    queryRows,
  ),
  contractCase(
    'limits: a query counts only the rows that its filter leaves',
    async (subject) => {
      const table = await subject.open();
      const rows = manyRows('p', table.manifest.atomicQuery.rows + 1);
      await fill(table, rows);
      assertRows(await table.query('p', { filter: keyIs('rowKey', 'gt', 'r0000') }), rows.slice(1));
    },
    queryRows,
  ),
  contractCase(
    'limits: a query of more bytes fails rather than give a part of them',
    async (subject) => {
      const table = await subject.open();
      await fill(table, largeRows(table, table.manifest.atomicQuery.bytes));
      await assertFails(table.query('p'), 'TABLE_QUERY_TOO_LARGE');
    },
    queryBytes,
  ),
  contractCase(
    'limits: a load of more rows than the manifest says is refused',
    async (subject) => {
      const table = await subject.open();
      await assertFails(table.load(manyRows('p', table.manifest.load.rows + 1)), 'TABLE_TOO_LARGE');
      await assertTable(table, []);
    },
    loadRows,
  ),
  contractCase(
    'limits: a load of more bytes than the manifest says is refused',
    async (subject) => {
      const table = await subject.open();
      await assertFails(table.load(largeRows(table, table.manifest.load.bytes)), 'TABLE_TOO_LARGE');
      await assertTable(table, []);
    },
    loadBytes,
  ),
  contractCase(
    'limits: a key longer than the manifest says is refused, and one just as long is not',
    async (subject) => {
      const table = await subject.open();
      const longest = 'k'.repeat(table.manifest.limits.keyBytes);
      for (const long of [row('p', `${longest}k`), row(`${longest}k`, 'r')]) {
        await assertFails(table.write([{ ...long, kind: 'insert' }]), 'TABLE_TOO_LARGE');
        await assertFails(table.load([long]), 'TABLE_TOO_LARGE');
      }
      await insert(table, row('p', longest));
      await assertTable(table, [row('p', longest)]);
    },
    keyBytes,
  ),
  contractCase(
    'limits: a row larger than the manifest says is refused',
    async (subject) => {
      const table = await subject.open();
      const large = row('p', 'r', { text: 'x'.repeat(table.manifest.limits.rowBytes) });
      await assertRefused(table, large);
    },
    largestRow,
  ),
  contractCase(
    'limits: a row of more properties than the manifest says is refused',
    async (subject) => {
      const table = await subject.open();
      const names = Array.from({ length: table.manifest.limits.properties + 1 }, (_, index) => `n${index}`);
      const wide = row('p', 'r', Object.fromEntries(names.map((name) => [name, ''])));
      await assertFails(table.write([{ ...wide, kind: 'insert' }]), 'TABLE_TOO_LARGE');
      await assertAbsent(table, wide);
    },
    properties,
    anyPropertyName,
  ),
  contractCase(
    'limits: a property name longer than the manifest says is refused',
    async (subject) => {
      const table = await subject.open();
      const long = row('p', 'r', { ['n'.repeat(table.manifest.limits.propertyNameBytes + 1)]: 'a' });
      await assertFails(table.write([{ ...long, kind: 'insert' }]), 'TABLE_NAME_INVALID');
      await assertAbsent(table, long);
    },
    nameBytes,
    anyPropertyName,
  ),
];

async function assertBatchTooLarge(table: Table, rows: readonly RowData[]): Promise<void> {
  await assertFails(table.write(rows.map((each) => ({ ...each, kind: 'insert' }))), 'TABLE_TOO_LARGE');
  await assertTable(table, []);
}
