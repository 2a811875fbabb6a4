import { compareKeys, type RowKey } from 'changeover/table';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { cutBefore, orderable, type Span, spansFrom } from '../../src/azure-tables/azure-tables-order.ts';
import { openTable } from './fixture.ts';
import { startAzurite } from './test-server.ts';

/** Characters about the place where the orders part, and what lies around it. */
const CHARACTERS = ['a', 'b', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{1f600}', '\u{10ffff}'];
const text = fc.string({ unit: fc.constantFrom(...CHARACTERS), maxLength: 4 });
const key = fc.record({ partitionKey: text, rowKey: text });
const byContract = (keys: readonly RowKey[]) => keys.toSorted(compareKeys);
const byService = (keys: readonly RowKey[]) =>
  keys.toSorted((a, b) => (cutBefore(a) < cutBefore(b) ? -1 : cutBefore(a) > cutBefore(b) ? 1 : 0));

/** Reads rows by spans, in pages of the service's order, as a scan does. */
function scan(keys: readonly RowKey[], after: RowKey | undefined, pageRows: number): readonly RowKey[] {
  const start = after ? `${cutBefore(after)}\u0001` : '';
  const found: RowKey[] = [];
  let spans: readonly Span[] = spansFrom(start, undefined);
  for (let rounds = 0; spans.length > 0; rounds += 1) {
    expect(rounds).toBeLessThan(10_000);
    const [span, ...others] = spans as readonly [Span, ...Span[]];
    const within = byService(keys).filter((each) => {
      const cut = cutBefore(each);
      return cut >= span.from && (span.until === undefined || cut < span.until);
    });
    const page = within.slice(0, pageRows);
    const last = page.at(-1);
    const covered = within.length > page.length && last ? `${cutBefore(last)}\u0001` : span.until;
    const { count, rest } = orderable(page.map(cutBefore), span, covered);
    found.push(...byContract(page.slice(0, count)));
    spans = [...rest, ...others];
  }
  return found;
}

test('rows come in the order of the contract, each once, from any key and with pages of any size', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(key, { maxLength: 30, selector: cutBefore }),
      fc.option(key, { nil: undefined }),
      fc.integer({ min: 1, max: 5 }),
      (keys, after, pageRows) => {
        const expected = byContract(keys).filter((each) => !after || compareKeys(each, after) > 0);
        expect(scan(keys, after, pageRows)).toEqual(expected);
      },
    ),
    { numRuns: 500 },
  );
});

const azurite = await startAzurite();
afterAll(() => azurite.close());

test('a scan of the service does so too, between any two keys', { timeout: 60_000 }, async () => {
  const { table } = await openTable(azurite);
  const keys = CHARACTERS.flatMap((one) =>
    CHARACTERS.map((other): RowKey => ({ partitionKey: one, rowKey: other + one })),
  );
  await table.load(keys.map((each) => ({ ...each, properties: {} })));
  const expected = byContract(keys);
  for (const [from, through] of [
    [0, 63],
    [5, 40],
    [17, 18],
    [33, 60],
  ] as const) {
    const found: RowKey[] = [];
    for (let after = expected[from] as RowKey | undefined; after; ) {
      const page = await table.scan({ after, through: expected[through] as RowKey, limit: 3 });
      found.push(...page.rows.map(({ partitionKey, rowKey }) => ({ partitionKey, rowKey })));
      after = page.continuation;
    }
    expect(found).toEqual(expected.slice(from + 1, through + 1));
  }
});
