import assert from 'node:assert/strict';
import { type Effect, isOperationalError, type OperationalError } from '../../std/index.ts';
import { roughBytes } from '../encoded-row.ts';
import { encodeProperties } from '../encoding.ts';
import type { TableErrorCode } from '../errors.ts';
import { compareKeys, formatKey, type RowKey } from '../key.ts';
import { rowBytes } from '../size.ts';
import type { Page, Row, RowData, ScanOptions, Table, Version, Write } from '../table.ts';
import type { Value } from '../value.ts';

export function key(partitionKey: string, rowKey: string): RowKey {
  return { partitionKey, rowKey };
}

/** A row whose properties are given as values, or as texts where a string will do. */
export function row(
  partitionKey: string,
  rowKey: string,
  properties: Readonly<Record<string, string | Value>> = {},
): RowData {
  const values: Record<string, Value> = {};
  for (const [name, value] of Object.entries(properties)) {
    values[name] = typeof value === 'string' ? { type: 'string', value } : value;
  }
  return { partitionKey, rowKey, properties: values };
}

/** `count` rows of one partition, `r0000`, `r0001`, …, each with its row key in `text`. */
export function manyRows(partitionKey: string, count: number): readonly RowData[] {
  return Array.from({ length: count }, (_, index) => {
    const rowKey = `r${String(index).padStart(4, '0')}`;
    return row(partitionKey, rowKey, { text: rowKey });
  });
}

/** Puts rows into a table, in loads that it accepts. */
export async function fill(table: Table, rows: readonly RowData[]): Promise<void> {
  const { rows: rowsMax, bytes: bytesMax } = table.manifest.load;
  let part: RowData[] = [];
  let bytes = 0;
  for (const each of rows) {
    if (part.length === rowsMax || bytes + roughBytes(each) > bytesMax) {
      await table.load(part);
      part = [];
      bytes = 0;
    }
    part.push(each);
    bytes += roughBytes(each);
  }
  await table.load(part);
}

/** Writes a batch of one. */
export async function writeOne(table: Table, write: Write): Promise<Version | undefined> {
  const results = await table.write([write]);
  assert.equal(results.length, 1, 'one write has one result');
  return results[0]?.version;
}

export async function insert(table: Table, data: RowData): Promise<Version> {
  const version = await writeOne(table, { ...data, kind: 'insert' });
  assert.ok(version, 'an insert gives a version');
  return version;
}

/** The row, which must be there. */
export async function present(table: Table, { partitionKey, rowKey }: RowKey): Promise<Row> {
  const found = await table.get({ partitionKey, rowKey });
  assert.ok(found, `row ${formatKey({ partitionKey, rowKey })} is absent`);
  return found;
}

export async function assertPresent(table: Table, expected: RowData): Promise<void> {
  assertRows([await present(table, expected)], [expected]);
}

export async function assertAbsent(table: Table, { partitionKey, rowKey }: RowKey): Promise<void> {
  assert.equal(await table.get({ partitionKey, rowKey }), undefined);
}

/** Asserts that the rows are the expected ones in this order, equal to the bit. */
export function assertRows(actual: readonly RowData[], expected: readonly RowData[], message?: string): void {
  assert.deepEqual(actual.map(showRow), expected.map(showRow), message);
}

/** Asserts that the whole table holds just these rows, in this order. */
export async function assertTable(table: Table, expected: readonly RowData[]): Promise<void> {
  assertRows(await scanAll(table), expected);
}

/** The canonical encoding tells apart all that differs by a bit, and reads well in a failed assertion. */
function showRow(data: RowData): string {
  return `${formatKey(data)} ${encodeProperties(data.properties)}`;
}

/** Asserts that the work fails as said, and gives the error. */
export async function assertFails(
  work: Promise<unknown>,
  code: TableErrorCode,
  effect: Effect = 'none',
): Promise<OperationalError> {
  const error = await failureOf(work);
  assert.ok(isOperationalError(error), `${code} was expected, not ${String(error)}`);
  assert.equal(error.code, code, error.message);
  assert.equal(error.effect, effect, `the effect of ${error.message}`);
  return error;
}

/** The error that the work rejects with, or undefined. */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return undefined;
  } catch (error) {
    assert.ok(error !== undefined, 'a failure has an error');
    return error;
  }
}

/** Every row of a scan, whatever its pages. */
export async function scanAll(table: Table, options: ScanOptions = {}): Promise<readonly Row[]> {
  return (await scanPages(table, options)).flatMap(({ rows }) => rows);
}

/** Every page of a scan. Rows and continuations must ascend, so that no row comes twice and the scan ends. */
export async function scanPages(table: Table, options: ScanOptions = {}): Promise<readonly Page[]> {
  const pages: Page[] = [];
  let position = options.after;
  for (;;) {
    const page = await table.scan(position ? { ...options, after: position } : options);
    pages.push(page);
    for (const each of page.rows) {
      assert.ok(isBeyond(each, position), `row ${formatKey(each)} comes twice or out of order`);
      position = each;
    }
    if (!page.continuation) return pages;
    const progress = page.rows.length > 0 || isBeyond(page.continuation, position);
    assert.ok(progress, `the scan stands still at ${formatKey(page.continuation)}`);
    position = page.continuation;
  }
}

function isBeyond(next: RowKey, position: RowKey | undefined): boolean {
  return !position || compareKeys(next, position) > 0;
}

/** Rows of one partition that each pass, but together have more than `bytes`. */
export function largeRows(table: Table, bytes: number): readonly RowData[] {
  const { limits, atomicBatch, load } = table.manifest;
  const each = Math.min(100_000, limits.rowBytes, atomicBatch.bytes / 3, load.bytes / 3) - 100;
  const rows = manyRows('p', Math.floor(bytes / each) + 1).map(({ rowKey }) =>
    row('p', rowKey, { text: 'x'.repeat(each) }),
  );
  assert.ok(rows.reduce((sum, data) => sum + rowBytes(data), 0) > bytes);
  return rows;
}
