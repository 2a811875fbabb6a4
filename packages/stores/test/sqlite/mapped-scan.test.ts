import assert from 'node:assert/strict';
import { compareKeys, keyOf, type RowKey, type ScanOptions, type Table } from 'changeover/table';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type MappedFile, mappedFile } from './mapped-fixture.ts';

const TEXTS = ['', ' ', '!', '"', '#', 'a', 'a!', 'a"', 'a b', '\0', '\ue000', '😀', 'zz'];
const INTEGERS = [-(2n ** 63n), -5n, 0n, 1n, 12n, 2n ** 63n - 1n];

interface Shape {
  readonly ddl: string;
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly keys: readonly (readonly (string | bigint)[])[];
}

const SHAPES: Readonly<Record<string, Shape>> = {
  'one integer': {
    ddl: 'a INTEGER PRIMARY KEY',
    partitionKey: 'a',
    rowKey: 'a',
    keys: INTEGERS.map((a) => [a]),
  },
  'one text': {
    ddl: 'a TEXT NOT NULL UNIQUE',
    partitionKey: 'a',
    rowKey: 'a',
    keys: TEXTS.map((a) => [a]),
  },
  'a text and an integer': {
    ddl: 'a TEXT NOT NULL, b INTEGER NOT NULL, PRIMARY KEY (a, b)',
    partitionKey: 'a',
    rowKey: 'b',
    keys: TEXTS.flatMap((a) => INTEGERS.map((b) => [a, b])),
  },
  'an integer, and two texts that sort downwards': {
    ddl: 'a INTEGER NOT NULL, b TEXT NOT NULL, c TEXT NOT NULL, PRIMARY KEY (a DESC, b DESC, c DESC)',
    partitionKey: 'a',
    rowKey: 'b,c',
    keys: [1n, 12n].flatMap((a) => TEXTS.flatMap((b) => TEXTS.map((c) => [a, b, c]))),
  },
  'two columns each': {
    ddl: 'a TEXT NOT NULL, b INTEGER NOT NULL, c INTEGER NOT NULL, d TEXT NOT NULL, PRIMARY KEY (a, b, c, d)',
    partitionKey: 'a,b',
    rowKey: 'c,d',
    keys: TEXTS.slice(4).flatMap((a) => INTEGERS.flatMap((b) => TEXTS.slice(0, 6).map((d) => [a, b, b, d]))),
  },
};

for (const [name, shape] of Object.entries(SHAPES)) {
  describe(`a table whose key is ${name}`, () => {
    test('is scanned in contract order, exactly once, in pages of any size', async () => {
      const { table } = await filled(shape);
      const all = await scanAll(table, {});
      assert.equal(all.length, shape.keys.length);
      expect(all).toEqual(all.toSorted(compareKeys));
      for (const limit of [1, 7]) expect(await scanAll(table, { limit })).toEqual(all);
    });

    test('is scanned between any two keys, also ones that no row can have', async () => {
      const { table } = await filled(shape);
      const all = await scanAll(table, {});
      await fc.assert(
        fc.asyncProperty(bounds(all), bounds(all), async (after, through) => {
          const within = (key: RowKey) => compareKeys(key, after) > 0 && compareKeys(key, through) <= 0;
          expect(await scanAll(table, { after, through })).toEqual(all.filter(within));
        }),
        { numRuns: 200 },
      );
    });

    test('gives each row by its key, and its partition', async () => {
      const { table } = await filled(shape);
      for (const key of await scanAll(table, {})) {
        expect(await table.get(key)).toMatchObject(key);
        expect((await table.query(key.partitionKey)).map(keyOf)).toContainEqual(key);
      }
    });

    test('is read by searching an index, never by sorting', async () => {
      const { file } = await filled(shape);
      const names = [...new Set([...shape.partitionKey.split(','), ...shape.rowKey.split(',')])];
      const marks = names.map(() => '?').join(', ');
      const bound = names.length > 1 ? `(${names.join(', ')}) > (${marks})` : `${names[0]} > ?`;
      const plan = file.application
        .prepare(`explain query plan select * from t where ${bound} order by ${names.join(', ')} limit 9`)
        .all(...names.map(() => 1n)) as { readonly detail: string }[];
      expect(plan.map(({ detail }) => detail).join('; ')).toMatch(/^SEARCH t USING [^;]*$/);
    });
  });
}

test('a page of a scan that filters ends after some rows, whatever it finds', async () => {
  const file = await mappedFile('create table t (a INTEGER PRIMARY KEY, x INTEGER)');
  file.application.exec(
    'insert into t with recursive n(i) as (select 1 union all select i + 1 from n where i < 25000) select i, i from n',
  );
  const table = await file.openTable('t', { partitionKey: 'a', rowKey: 'a' });
  const filter = { kind: 'comparison', operator: 'eq', subject: { kind: 'property', name: 'x' } } as const;
  const { rows, continuation } = await table.scan({
    filter: { ...filter, value: { type: 'int64', value: 24_000n } },
  });
  assert.equal(rows.length, 0);
  assert.notEqual(continuation, undefined);
  const found = await scanAll(table, { filter: { ...filter, value: { type: 'int64', value: 24_000n } } });
  assert.equal(found.length, 1);
});

async function filled({
  ddl,
  partitionKey,
  rowKey,
  keys,
}: Shape): Promise<{ file: MappedFile; table: Table }> {
  const file = await mappedFile(`create table t (${ddl})`);
  const marks = keys[0]?.map(() => '?').join(', ');
  const insert = file.application.prepare(`insert into t values (${marks})`);
  file.application.transaction(() => {
    for (const key of keys.toReversed()) insert.run(...key);
  })();
  return { file, table: await file.openTable('t', { partitionKey, rowKey }) };
}

async function scanAll(table: Table, options: ScanOptions): Promise<readonly RowKey[]> {
  const found: RowKey[] = [];
  for (
    let page = await table.scan(options);
    ;
    page = await table.scan({ ...options, after: page.continuation })
  ) {
    found.push(...page.rows.map(keyOf));
    if (!page.continuation) return found;
  }
}

/** Keys of rows, whole or with an end cut off or added, and any others. */
function bounds(keys: readonly RowKey[]) {
  const ends = fc.constantFrom('', '!', '"', '"0', '"z', ' ', '0', '9', 'a', '\0', '\uffff', '😀');
  const bent = (text: string, cut: number, end: string) => Array.from(text).slice(0, cut).join('') + end;
  const near = fc
    .tuple(fc.constantFrom(...keys), fc.nat(24), ends, fc.boolean())
    .map(([{ partitionKey, rowKey }, cut, end, outer]) =>
      outer
        ? { partitionKey: bent(partitionKey, cut, end), rowKey }
        : { partitionKey, rowKey: bent(rowKey, cut, end) },
    );
  return fc.oneof(near, fc.record({ partitionKey: ends, rowKey: ends }, { noNullPrototype: true }));
}
