import { formatKey, keyOf, type Page, type Row, type RowKey, sameKey, type Table } from 'changeover/table';
import { type Defect, everyRow, mapPages, mapProperties, mapRows, without } from './defect.ts';

const EMPTY: RowKey = { partitionKey: '', rowKey: '' };

/** What is wrong with stores that misread what they hold. */
export const READING: readonly Defect[] = [
  {
    name: 'reads an absent row as an empty one',
    breaks: /^get: (a row that is not there|what one handle wrote|keys that differ)/,
    table: (inner) => ({
      get: async (key, options) =>
        (await inner.get(key, options)) ?? { ...key, version: '0', properties: {} },
    }),
  },
  {
    name: 'loses the second property of a row',
    breaks: /^get: a row has the properties|keeps the properties that it does not name$|merge of nothing/,
    table: (inner) =>
      mapProperties(inner, (properties) => Object.fromEntries(Object.entries(properties).slice(0, 1))),
  },
  {
    name: 'gives keys in upper case',
    breaks: /^get: a row has the key/,
    table: (inner) => mapRows(inner, (row) => ({ ...row, rowKey: row.rowKey.toUpperCase() })),
  },
  {
    name: 'takes keys that differ in case or by a space for the same',
    breaks: /^get: keys that differ/,
    table: (inner) => ({
      get: ({ partitionKey, rowKey }, options) =>
        inner.get({ partitionKey: plain(partitionKey), rowKey: plain(rowKey) }, options),
    }),
  },
  {
    name: 'gives lazy rows another version',
    breaks: /^versions: get, query and scan|^scan: lazy rows/,
    table: (inner) => ({
      scan: async (options) => {
        const page = await inner.scan(options);
        return options?.lazy ? { ...page, rows: page.rows.map(unversioned) } : page;
      },
    }),
  },
  {
    name: 'gives a new version to each row that a query reads',
    breaks: /^versions: reading a row/,
    table: (inner) => ({
      query: async (partitionKey, options) => {
        const rows = await inner.query(partitionKey, options);
        await inner.write(rows.map((row) => ({ ...row, kind: 'upsertReplace' })));
        return rows;
      },
    }),
  },
  {
    name: 'queries the whole table',
    breaks: /^query: (gives the rows of the partition|an absent partition)/,
    table: (inner) => ({ query: () => everyRow(inner) }),
  },
  {
    name: 'filters no whole answer',
    breaks: /^whole answers: are filtered/,
    table: (inner) => ({
      query: (partitionKey, options) =>
        inner.query(partitionKey, options?.whole ? without(options, 'filter') : options),
    }),
  },
  {
    name: 'reads a whole answer page by page',
    breaks: /^whole answers: beyond/,
    table: (inner) => ({
      query: (partitionKey, options) =>
        options?.whole ? pageByPage(inner) : inner.query(partitionKey, options),
    }),
  },
  {
    name: 'takes no notice of whole',
    breaks: /^whole answers: (beyond|a store that does not)/,
    table: (inner) => ({
      query: (partitionKey, options) => inner.query(partitionKey, without(options, 'whole')),
    }),
  },
  {
    name: 'takes no notice of select',
    breaks: /only the properties that are selected|filters by, and selects, reserved/,
    table: (inner) => ({
      query: (partitionKey, options) => inner.query(partitionKey, without(options, 'select')),
      scan: (options) => inner.scan(without(options, 'select')),
    }),
  },
  {
    name: 'never ends the scan of an empty table',
    breaks: /^scan: an empty table/,
    table: (inner) =>
      mapPages(inner, (page) => ({ ...page, continuation: page.continuation ?? page.rows.at(-1) ?? EMPTY })),
  },
  {
    name: 'scans one partition',
    breaks: /^scan: gives every row of every|^keys: partitions are ordered/,
    table: (inner) => mapPages(inner, firstPartition),
  },
  {
    name: 'loses the last row of each page',
    breaks:
      /^scan: (pages of any size|more rows than fit|gives every row that|a budget of bytes|gives the rows between)/,
    table: (inner) =>
      mapPages(inner, (page) => (page.continuation ? { ...page, rows: page.rows.slice(0, -1) } : page)),
  },
  {
    name: 'gives a row more than the limit',
    breaks: /^scan: pages of any size/,
    table: (inner) => ({
      scan: ({ limit = 1000, ...options } = {}) => inner.scan({ ...options, limit: limit + 1 }),
    }),
  },
  {
    name: 'starts a scan on the key rather than behind it',
    breaks: /^scan: (starts behind|gives the rows between)|^keys: a scan can start/,
    table: (inner) => ({
      scan: async (options) => {
        const page = await inner.scan(options);
        const first = options?.after && (await inner.get(options.after));
        return first ? { ...page, rows: [first, ...page.rows] } : page;
      },
    }),
  },
  {
    name: 'ends a scan before the key rather than with it',
    breaks: /^scan: (ends with|gives the rows between)|^keys: a scan can start/,
    table: (inner) => ({
      scan: async (options) => {
        const page = await inner.scan(options);
        const { through } = options ?? {};
        return { ...page, rows: page.rows.filter((row) => !through || !sameKey(row, through)) };
      },
    }),
  },
  {
    name: 'scans behind no key that does not exist',
    breaks: /^scan: (starts behind|goes on behind)/,
    table: (inner) => ({
      scan: async (options) => {
        if (options?.after && !(await inner.get(options.after))) return { rows: [], continuation: undefined };
        return inner.scan(options);
      },
    }),
  },
  {
    name: 'finds the next page by counting rows',
    breaks: /^scan: (goes on behind|gives every row that is there throughout)/,
    table: (inner) => {
      let seen = 0;
      return {
        scan: async ({ after, limit = 1000 } = {}) => {
          if (!after) seen = 0;
          const rows = (await everyRow(inner)).slice(seen, seen + limit);
          seen += limit;
          const last = rows.at(-1);
          return { rows, continuation: last && rows.length === limit ? keyOf(last) : undefined };
        },
      };
    },
  },
  {
    name: 'takes no notice of a budget of bytes',
    breaks: /^scan: a budget of bytes/,
    table: (inner) => ({ scan: (options) => inner.scan(without(options, 'bytes')) }),
  },
  {
    name: 'orders keys by their UTF-16 code units',
    breaks: /^keys: (rows are ordered|a query has that order|partitions are ordered|a scan can start)/,
    table: (inner) => orderedBy(inner, ({ partitionKey, rowKey }) => [partitionKey, rowKey]),
  },
  {
    name: 'orders keys by their joined text',
    breaks: /^keys: the partition key counts/,
    table: (inner) => orderedBy(inner, ({ partitionKey, rowKey }) => [partitionKey + rowKey]),
  },
  {
    name: 'always samples the same key, and miscounts',
    breaks: /^sampleKeys: (an empty table|one part|tells how many|splits a table)/,
    table: (inner) => ({
      sampleKeys: async (parts, options) => {
        const { rows = 0 } = await inner.sampleKeys(parts, options);
        return { keys: [EMPTY], rows: rows + 1 };
      },
    }),
  },
  {
    name: 'samples the whole table, whatever the range',
    breaks: /^sampleKeys: (splits only|a range without)/,
    table: (inner) => ({ sampleKeys: (parts) => inner.sampleKeys(parts) }),
  },
  {
    name: 'samples rows rather than keys, in descending order',
    breaks: /^sampleKeys: keys/,
    table: (inner) => ({
      sampleKeys: async (parts, options) => {
        const sample = await inner.sampleKeys(parts, options);
        return { ...sample, keys: sample.keys.map((key) => ({ ...key, properties: {} })).toReversed() };
      },
    }),
  },
  {
    name: 'describes every table alike',
    breaks: /^describe: /,
    table: () => ({
      describe: async () => ({ reservedNames: [formatKey(EMPTY)], changeToken: 'same', empty: true }),
    }),
  },
];

function unversioned({ partitionKey, rowKey, properties }: Row): Row {
  return { partitionKey, rowKey, properties, version: '0' };
}

function plain(text: string): string {
  return text.trim().toLowerCase();
}

function firstPartition(page: Page): Page {
  const first = page.rows[0]?.partitionKey;
  return { rows: page.rows.filter(({ partitionKey }) => partitionKey === first), continuation: undefined };
}

function orderedBy(inner: Table, parts: (key: RowKey) => readonly string[]) {
  const compare = (a: RowKey, b: RowKey) => {
    const [left, right] = [parts(a), parts(b)];
    const differing = left.findIndex((part, index) => part !== right[index]);
    return (left[differing] ?? '') < (right[differing] ?? '') ? -1 : 1;
  };
  return {
    ...mapPages(inner, (page) => ({ ...page, rows: page.rows.toSorted(compare) })),
    query: async (partitionKey: string) => (await inner.query(partitionKey)).toSorted(compare),
  };
}

/** Every row, while others are served between the pages. */
async function pageByPage(inner: Table): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let page: Page | undefined; !page || page.continuation; ) {
    page = await inner.scan({ limit: 2, ...(page?.continuation ? { after: page.continuation } : {}) });
    rows.push(...page.rows);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return rows;
}
