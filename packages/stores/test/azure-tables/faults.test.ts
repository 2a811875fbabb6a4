import { VirtualClock } from 'changeover/std';
import type { RowData, Value } from 'changeover/table';
import { afterAll, expect, test } from 'vitest';
import { openTable } from './fixture.ts';
import type { Verdict } from './http-proxy.ts';
import { startAzurite } from './test-server.ts';

const azurite = await startAzurite();
afterAll(() => azurite.close());

const text = (value: string): Value => ({ type: 'string', value });
const row = (value: string, rowKey = 'r'): RowData => ({
  partitionKey: 'p',
  rowKey,
  properties: { a: text(value) },
});

/** Answers the first requests so, and the others as they would be. */
function first(...verdicts: readonly Verdict[]): () => Verdict {
  const left = [...verdicts];
  return () => left.shift() ?? 'pass';
}

/** Time goes on as fast as somebody waits. */
class Hasty extends VirtualClock {
  readonly pauses: number[] = [];
  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.pauses.push(ms);
    const slept = super.sleep(ms, signal);
    void this.advance(ms);
    return slept;
  }
}

const body = (code: string) =>
  JSON.stringify({ 'odata.error': { code, message: { lang: 'en-US', value: code } } });

test.each([
  ['429', { status: 429, body: '' }],
  ['ServerBusy', 'busy'],
] as const)('a write that meets %s backs off, ever longer, and is applied once', async (_, verdict) => {
  const clock = new Hasty();
  const { table, proxy } = await openTable(azurite, { clock });
  proxy.answer(first(verdict, verdict, verdict));
  await table.write([{ kind: 'insert', ...row('a') }]);
  expect(clock.pauses).toEqual([100, 200, 400]);
});

test('a service that stays busy is TABLE_THROTTLED without effect, once the budget is spent', async () => {
  const clock = new Hasty();
  const { table, proxy } = await openTable(azurite, { clock, busyMs: 1000 });
  proxy.answer('busy');
  await expect(table.write([{ kind: 'insert', ...row('a') }])).rejects.toMatchObject({
    code: 'TABLE_THROTTLED',
    effect: 'none',
  });
  expect(clock.pauses.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(1000);
  proxy.answer('pass');
  expect(await table.get(row('a'))).toBeUndefined();
});

test('an insert whose answer is lost is of unknown effect, and never sent again', async () => {
  const { table, proxy } = await openTable(azurite);
  proxy.answer(first('lose the answer'));
  const sent = () =>
    proxy.asked.filter(({ method, url }) => method === 'POST' && !url.includes('Tables')).length;
  await expect(table.write([{ kind: 'insert', ...row('a') }])).rejects.toMatchObject({ effect: 'unknown' });
  expect(sent()).toBe(1);
});

test('a replace on a version that was lost on its way is proved so by the row, and sent again', async () => {
  const { table, proxy } = await openTable(azurite);
  const [inserted] = await table.write([{ kind: 'insert', ...row('a') }]);
  proxy.answer(first('cut'));
  await table.write([{ kind: 'replace', ...row('b'), condition: inserted?.version ?? '' }]);
  expect((await table.get(row('b')))?.properties).toEqual(row('b').properties);
});

test('a replace on a version whose answer alone was lost is of unknown effect, and not done twice', async () => {
  const { table, proxy } = await openTable(azurite);
  const [inserted] = await table.write([{ kind: 'insert', ...row('a') }]);
  proxy.answer(first('lose the answer'));
  const replacing = table.write([{ kind: 'replace', ...row('b'), condition: inserted?.version ?? '' }]);
  await expect(replacing).rejects.toMatchObject({ effect: 'unknown' });
  const puts = proxy.asked.filter(({ method }) => method === 'PUT');
  expect(puts.length).toBe(1);
});

test('a load whose answers are lost ends with every row there once', async () => {
  const { table, proxy } = await openTable(azurite);
  proxy.answer(first('lose the answer', 'cut', 'busy', 'lose the answer'));
  const rows = Array.from({ length: 250 }, (_, index) =>
    row(String(index), `r${String(index).padStart(3, '0')}`),
  );
  await table.load(rows);
  expect((await table.query('p')).map(({ properties }) => properties)).toEqual(
    rows.map(({ properties }) => properties),
  );
});

test('a load inserts, and upserts only what is there', async () => {
  const { table, proxy } = await openTable(azurite);
  await table.load([row('a', 'r1'), row('b', 'r2')]);
  await table.load([row('c', 'r2'), row('d', 'r3')]);
  const bodies = proxy.asked.filter(({ url }) => url.includes('$batch')).map(({ body: sent }) => sent);
  expect(bodies.map((sent) => (sent.includes('\r\nPUT ') ? 'upserts' : 'inserts'))).toEqual([
    'inserts',
    'inserts',
    'upserts',
  ]);
});

test('a read that got no answer is asked again', async () => {
  const { table, proxy } = await openTable(azurite);
  await table.load([row('a')]);
  proxy.answer(first('cut', 'lose the answer'));
  expect((await table.get(row('a')))?.properties).toEqual(row('a').properties);
});

test.each([
  [403, 'AuthorizationFailure', 'TABLE_PERMISSION_DENIED', 'none'],
  [500, 'InternalError', 'TABLE_UNAVAILABLE', 'unknown'],
  [500, 'OperationTimedOut', 'TABLE_TIMEOUT', 'unknown'],
  [409, 'TableBeingDeleted', 'TABLE_THROTTLED', 'none'],
  [413, 'RequestBodyTooLarge', 'TABLE_TOO_LARGE', 'none'],
  [404, 'TableNotFound', 'TABLE_NOT_FOUND', 'none'],
  [400, 'SomethingNew', 'TABLE_UNAVAILABLE', 'none'],
] as const)('a write that is answered %d %s fails with %s, effect %s', async (status, word, code, effect) => {
  const { table, proxy } = await openTable(azurite, { clock: new Hasty() });
  proxy.answer({ status, body: body(word) });
  await expect(table.write([{ kind: 'insert', ...row('a') }])).rejects.toMatchObject({ code, effect });
});

test('a service that keeps silent is TABLE_TIMEOUT, a write then of unknown effect', async () => {
  const { table, proxy } = await openTable(azurite, { timeoutMs: 1000, busyMs: 0 });
  proxy.answer('keep silent');
  const write = { kind: 'insert', ...row('a') } as const;
  await Promise.all([
    expect(table.get(row('a'))).rejects.toMatchObject({ code: 'TABLE_TIMEOUT', effect: 'none' }),
    expect(table.write([write])).rejects.toMatchObject({ code: 'TABLE_TIMEOUT', effect: 'unknown' }),
  ]);
});

test('an outage is an error, and never an absence', async () => {
  const { table, proxy } = await openTable(azurite);
  proxy.answer({ status: 404, body: body('TableNotFound') });
  await expect(table.get(row('a'))).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
  proxy.answer({ status: 404, body: '<html>no such page</html>' });
  await expect(table.get(row('a'))).rejects.toMatchObject({ code: 'TABLE_UNAVAILABLE' });
});

test('a partition query that spans pages is not answered', async () => {
  const { table, proxy } = await openTable(azurite);
  await table.load(Array.from({ length: 1001 }, (_, index) => row('a', `r${index}`)));
  const before = proxy.asked.length;
  await expect(table.query('p')).rejects.toMatchObject({ code: 'TABLE_QUERY_TOO_LARGE', effect: 'none' });
  expect(proxy.asked.length - before).toBe(1);
});

test('a scan goes on where the service left off, with one request a page', async () => {
  const { table, proxy } = await openTable(azurite);
  await table.load(Array.from({ length: 25 }, (_, index) => row('a', `r${String(index).padStart(2, '0')}`)));
  const before = proxy.asked.length;
  let rows = 0;
  for (let position: object | undefined = {}; position; ) {
    const page = await table.scan({ ...position, limit: 5 });
    rows += page.rows.length;
    position = page.continuation && { after: page.continuation };
  }
  expect([rows, proxy.asked.length - before]).toEqual([25, 5]);
});
