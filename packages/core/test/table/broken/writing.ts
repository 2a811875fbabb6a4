import {
  hasProperties,
  isReservedRow,
  type Properties,
  type Row,
  refusal,
  type Table,
  type Write,
  type WriteResult,
} from 'changeover/table';
import { type Defect, everyRow, mapRows, mapWrites } from './defect.ts';

/** What is wrong with stores that do not do what a write says. */
export const WRITING: readonly Defect[] = [
  {
    name: 'deletes what may be absent beside others, although it says that it cannot',
    breaks: /^batch: a store that cannot delete/,
    table: (inner) => ({
      write: async (batch, options) => {
        const [first, ...others] = batch;
        for (const each of others) await inner.write([each], options);
        return first ? inner.write([first], options) : [];
      },
    }),
  },
  {
    name: 'takes a delete of what is absent for a failure',
    breaks: /^batch: a delete of what is absent/,
    table: (inner) =>
      mapWrites(inner, (write) => (write.kind === 'delete' ? { condition: '*', ...write } : write)),
  },
  {
    name: 'takes no notice of conditions',
    breaks:
      /^write: .* fails with|^batch: (if one|the error tells|each condition)|^versions: (of writers|no update)|^reserved: (the usual|a failed)/,
    table: (inner) => mapWrites(inner, unconditional),
  },
  {
    name: 'writes nothing',
    breaks:
      /^write: .* (writes the row|properties that it does not name)$|^get: what one handle|^aborted: a signal|^reserved: a batch writes/,
    table: () => ({ write: async (batch) => batch.map(() => ({ version: '0' })) }),
  },
  {
    name: 'never deletes',
    breaks: /^write: delete .* leaves no row$|^batch: every kind|^write: a delete gives/,
    table: (inner) => mapWrites(inner, (write) => (write.kind === 'delete' ? touch(write) : write)),
  },
  {
    name: 'merges where it should replace',
    breaks: /^write: (replace|upsertReplace) of a row.* writes the row$|^write: a replace can/,
    table: (inner) =>
      mapWrites(inner, (write) => {
        if (write.kind === 'replace') return { ...write, kind: 'merge' };
        return write.kind === 'upsertReplace' ? { ...write, kind: 'upsertMerge' } : write;
      }),
  },
  {
    name: 'replaces where it should merge',
    breaks: /^write: (merge|upsertMerge) of a row.* not name$|^write: a merge of nothing|^batch: every kind/,
    table: (inner) =>
      mapWrites(inner, (write) => {
        if (write.kind === 'merge') return { ...write, kind: 'replace' };
        return write.kind === 'upsertMerge' ? { ...write, kind: 'upsertReplace' } : write;
      }),
  },
  {
    name: 'tells versions that no read finds',
    breaks: /^write: a (write gives the version|delete gives no version)/,
    table: (inner) => mapResults(inner, ({ version }) => ({ version: `${version}x` })),
  },
  {
    name: 'deletes the rest of the partition too',
    breaks: /^write: the other rows/,
    table: (inner) => ({
      write: async (batch, options) => {
        const results = await inner.write(batch, options);
        for (const { kind, partitionKey } of batch) {
          if (kind === 'delete') await clear(inner, await inner.query(partitionKey));
        }
        return results;
      },
    }),
  },
  {
    name: "keeps the caller's own bytes",
    breaks: /^write: what a caller does to its bytes/,
    table: (inner) => {
      let last: Properties = {};
      return {
        ...mapRows(inner, (row) => ({ ...row, properties: last })),
        write: (batch, options) => {
          last = batch.find(hasProperties)?.properties ?? last;
          return inner.write(batch, options);
        },
      };
    },
  },
  {
    name: 'applies the writes of a batch one by one',
    breaks:
      /^batch: (if one write|the error tells|an empty|two writes|writes to two)|^query: sees batches|^reserved: a failed/,
    table: (inner) => ({
      write: async (batch, options) => {
        const results: WriteResult[] = [];
        for (const write of batch) results.push(...(await inner.write([write], options)));
        return results;
      },
    }),
  },
  {
    name: 'gives the results of a batch backwards',
    breaks: /^batch: the results come/,
    table: (inner) => ({ write: async (batch, options) => (await inner.write(batch, options)).toReversed() }),
  },
  {
    name: 'applies no more than fifty writes of a batch',
    breaks: /^batch: a hundred rows/,
    table: (inner) => ({ write: (batch, options) => inner.write(batch.slice(0, 50), options) }),
  },
  {
    name: 'takes an empty condition for none',
    breaks: /^batch: a replace or merge without/,
    table: (inner) =>
      mapWrites(inner, (write) =>
        'condition' in write && write.condition === '' ? { ...write, condition: '*' } : write,
      ),
  },
  {
    name: 'gives every row the same version',
    breaks: /^versions: (every write|a write changes|a row that was deleted|a load changes)/,
    table: (inner) => ({
      ...mapRows(inner, (row) => ({ ...row, version: 'same' })),
      ...mapResults(inner, ({ version }) => ({ version: version && 'same' })),
    }),
  },
  {
    name: 'gives every row of the table a new version with each write',
    breaks: /^versions: writing a row/,
    table: (inner) => ({
      write: async (batch, options) => {
        const results = await inner.write(batch, options);
        await inner.load(await everyRow(inner));
        return results;
      },
    }),
  },
  {
    name: 'leaves reserved rows out of batches',
    breaks: /^reserved: a (batch writes|failed condition)/,
    table: (inner) => ({
      write: (batch, options) =>
        inner.write(
          batch.filter(({ rowKey }) => batch.length === 1 || !isReservedRow(rowKey)),
          options,
        ),
    }),
  },
  {
    name: 'loads the first row alone',
    breaks: /^load: (puts rows|takes the rows)/,
    table: (inner) => ({ load: (rows, options) => inner.load(rows.slice(0, 1), options) }),
  },
  {
    name: 'loads by inserts',
    breaks: /^load: (replaces rows|the same load|takes the rows)|^versions: a load changes/,
    table: (inner) => ({
      load: async (rows) => {
        for (const row of rows) await inner.write([{ ...row, kind: 'insert' }]);
        return { marks: [] };
      },
    }),
  },
  {
    name: 'loads by merges',
    breaks: /^load: replaces rows/,
    table: (inner) => ({
      load: async (rows) => {
        for (const row of rows) await inner.write([{ ...row, kind: 'upsertMerge' }]);
        return { marks: [] };
      },
    }),
  },
  {
    name: 'loads into a table that it clears before',
    breaks: /^load: (leaves the rows|nothing to load)/,
    table: (inner) => ({
      load: async (rows, options) => {
        await clear(inner, await everyRow(inner));
        if (rows.length === 0) throw refusal('TABLE_BATCH_INVALID', 'nothing to load');
        return inner.load(rows, options);
      },
    }),
  },
  {
    name: 'loads row by row',
    breaks: /^load: one row that is refused/,
    table: (inner) => ({
      load: async (rows) => {
        for (const row of rows) await inner.load([row]);
        return { marks: [] };
      },
    }),
  },
  {
    name: 'commits each mark apart from the rows',
    breaks: /^load: (a mark|one mark)/,
    table: (inner) => ({
      load: async (rows, { marks = [] } = {}) => {
        await inner.load(rows);
        const results: WriteResult[] = [];
        for (const mark of marks) results.push(...(await inner.load([], { marks: [mark] })).marks);
        return { marks: results };
      },
    }),
  },
  {
    name: 'forgets the marks of a load',
    breaks: /^load: marks/,
    table: (inner) => ({ load: (rows) => inner.load(rows) }),
  },
];

function unconditional(write: Write): Write {
  const { partitionKey, rowKey } = write;
  if (write.kind === 'check') return write;
  if (write.kind === 'delete') return { kind: 'delete', partitionKey, rowKey };
  const merges = write.kind === 'merge' || write.kind === 'upsertMerge';
  const kind = merges ? 'upsertMerge' : 'upsertReplace';
  return { kind, partitionKey, rowKey, properties: write.properties };
}

/** A write that leaves the row as it is. */
function touch({ partitionKey, rowKey }: Write): Write {
  return { partitionKey, rowKey, properties: {}, kind: 'upsertMerge' };
}

function mapResults(inner: Table, map: (result: WriteResult) => WriteResult): Partial<Table> {
  return { write: async (batch, options) => (await inner.write(batch, options)).map(map) };
}

async function clear(inner: Table, rows: readonly Row[]): Promise<void> {
  for (const { partitionKey, rowKey } of rows) await inner.write([{ kind: 'delete', partitionKey, rowKey }]);
}
