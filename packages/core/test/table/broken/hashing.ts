import { createHash } from 'node:crypto';
import { compareKeys, type RangeHash, type Row, type Table } from 'changeover/table';
import { type Defect, everyRow } from './defect.ts';

/** What is wrong with stores that hash a range otherwise than the contract says. */
export const HASHING: readonly Defect[] = [
  {
    name: 'counts rows and hashes none of them',
    breaks:
      /^hashRange: (rows have|how rows|another (key|type)|covers exactly|the hashes of the parts|an application)/,
    table: (inner) => ({
      hashRange: async (range) => ({ ...(await inner.hashRange(range)), hash: '0'.repeat(32) }),
    }),
  },
  {
    name: 'gives the digest of no text for no rows',
    breaks: /^hashRange: nothing/,
    table: (inner) => hashing(inner, (rows) => digestOf(rows.map(textOf).join('\n'))),
  },
  {
    name: 'hashes rows in the order in which they were written',
    breaks: /^hashRange: (rows have|how rows|the hashes of the parts)/,
    table: (inner) => hashing(inner, (rows) => digestOf(rows.toSorted(byVersion).map(textOf).join('\n'))),
  },
  {
    name: 'hashes versions as well',
    breaks: /^hashRange: (rows have|how rows)/,
    table: (inner) => hashing(inner, (rows) => sumOf(rows.map((row) => `${textOf(row)} ${row.version}`))),
  },
  {
    name: 'hashes the joined text of keys',
    breaks: /^hashRange: (rows have|another key)/,
    table: (inner) =>
      hashing(inner, (rows) =>
        sumOf(rows.map((row) => row.partitionKey + row.rowKey + JSON.stringify(plainProperties(row)))),
      ),
  },
  {
    name: 'hashes values without their types',
    breaks: /^hashRange: another type/,
    table: (inner) => hashing(inner, (rows) => sumOf(rows.map(untyped))),
  },
  {
    name: 'takes no notice of the bounds of a hash',
    breaks: /^hashRange: (covers exactly|the hashes of the parts|bounds that)/,
    table: (inner) => ({ hashRange: () => inner.hashRange() }),
  },
  {
    name: 'hashes the first page',
    breaks: /^hashRange: the hashes of the parts/,
    table: (inner) => ({
      hashRange: async (range) => {
        const { continuation } = await inner.scan({ ...range, limit: 1000 });
        return inner.hashRange(continuation ? { ...range, through: continuation } : range);
      },
    }),
  },
];

/** A table whose hash of a range is what `hash` makes of its rows. */
function hashing(inner: Table, hash: (rows: readonly Row[]) => string): Partial<Table> {
  return {
    hashRange: async ({ after, through } = {}): Promise<RangeHash> => {
      const rows = (await everyRow(inner)).filter(
        (row) => (!after || compareKeys(row, after) > 0) && (!through || compareKeys(row, through) <= 0),
      );
      return { rows: rows.length, hash: hash(rows) };
    },
  };
}

function sumOf(texts: readonly string[]): string {
  const sum = texts.reduce((total, text) => total + BigInt(`0x${digestOf(text)}`), 0n);
  return BigInt.asUintN(128, sum).toString(16).padStart(32, '0');
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function textOf(row: Row): string {
  return JSON.stringify([row.partitionKey, row.rowKey, plainProperties(row)]);
}

function untyped(row: Row): string {
  const values = Object.entries(row.properties).map(([name, { value }]) => [name, String(value)]);
  return JSON.stringify([row.partitionKey, row.rowKey, values]);
}

/** As JSON can write them; good enough for texts and small numbers. */
function plainProperties(row: Row): unknown {
  return Object.entries(row.properties).map(([name, { type, value }]) => [name, type, String(value)]);
}

function byVersion(a: Row, b: Row): number {
  return Number(a.version) - Number(b.version);
}
