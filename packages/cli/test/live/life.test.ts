import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LivePlace, NAME, SOURCE, TARGET } from './live-place.ts';

let place: LivePlace;

beforeEach(async () => {
  place = await LivePlace.create();
});

afterEach(() => place.remove());

/** What the source is called once it is retired. */
const RETIRED = 'orders_retired_orders';
const CREATE = `create ${NAME} ${SOURCE} ${TARGET}`;

test('A migration that is finalized has moved every row, and wipes the source if that is asked for', async () => {
  const before = place.keys('source.db');
  await place.all(CREATE, `start ${NAME}`, `finalize ${NAME} --yes --wipe-source`);
  expect({ source: place.keys('source.db', RETIRED), target: place.keys('target.db') }).toEqual({
    source: [],
    target: before,
  });
});

test('A rollback brings back what an application wrote meanwhile', async () => {
  await place.all(CREATE);
  const table = await place.open();
  await place.all(`start ${NAME}`);
  await table.write([{ kind: 'insert', partitionKey: 'b', rowKey: 'new', properties: {} }]);
  await place.all(`rollback ${NAME} --yes`);
  await table.close();
  expect(place.keys('source.db')).toContain('b/new');
});

test('An abort leaves the source as it was, and the target empty', async () => {
  const before = place.keys('source.db');
  await place.all(CREATE, `start ${NAME}`, `abort ${NAME} --yes`);
  expect({ source: place.keys('source.db'), target: place.keys('target.db') }).toEqual({
    source: before,
    target: [],
  });
});

test('A rollback of one partition leaves the others on the target', async () => {
  await place.all(CREATE, `start ${NAME} --until complete`, `rollback ${NAME} --partition b --yes`);
  const { stdout } = await place.live(['rollback', NAME, '--dry-run', '--json']);
  expect(stdout.events.at(-1)).toMatchObject({ dryRun: true, partitions: { source: 1, target: 3 } });
});

test.each([
  ['managed', 'managed'],
  ['complete', 'validated'],
  ['target-only', 'target only'],
])('start --until %s stops when it is %s', async (until, stage) => {
  await place.all(CREATE, `start ${NAME} --until ${until}`);
  expect(await place.status()).toMatchObject({ stage, next: null });
});

describe('create', () => {
  test('stores URLs that are good from any directory', async () => {
    await place.all(CREATE);
    expect(await place.status()).toMatchObject({
      source: { url: `sqlite:${place.workplace.path('source.db')}#orders` },
      target: { url: `sqlite:${place.workplace.path('target.db')}#orders` },
    });
  });

  test('keeps a reference to the environment a reference', async () => {
    const env = { SECRET: place.workplace.path('source.db') };
    await place.live(['create', NAME, 'sqlite:env:SECRET#orders', TARGET], { env });
    expect(await place.status()).toMatchObject({ source: { url: 'sqlite:env:SECRET#orders' } });
  });

  test('says what will be written into the source', async () => {
    const { stdout } = await place.live(CREATE.split(' '));
    expect(stdout.text).toMatch(/written into the source:\n {2}two rows of ours for each partition/);
  });

  test('says what an application has less of as long as it lasts', async () => {
    const { stdout } = await place.live(CREATE.split(' '));
    expect(stdout.text).toContain('can do less:\n  writes of a batch: 9,999 instead of 10,000\n');
  });

  test('says what rests on waiting for clients', async () => {
    place.workplace.application('app.db');
    place.workplace.sql('app.db', 'alter table places add column rev integer not null default 1');
    const source = 'sqlite:app.db?partitionKey=country&rowKey=id&version=rev#places';
    const { stdout } = await place.live(['create', NAME, source, TARGET]);
    expect(stdout.text).toContain('versions of the source (column) may come again');
  });

  test('with --dry-run writes nothing anywhere', async () => {
    const before = await place.workplace.snapshot();
    const { exit, stdout } = await place.live([...CREATE.split(' '), '--dry-run']);
    expect({ exit, text: stdout.text, files: await place.workplace.snapshot() }).toEqual({
      exit: 0,
      text: expect.stringContaining('12 rows looked at'),
      files: before,
    });
  });
});

test('A table that is under migration itself cannot be the source of another one', async () => {
  await place.all(CREATE);
  const { events } = (await place.live(['create', 'second', `live:${NAME}`, 'sqlite:third.db', '--json']))
    .stdout;
  expect(events.at(-1)).toMatchObject({ code: 'LIVE_STORE_UNFIT', exit: 6 });
});

describe('status', () => {
  test('says that there are none, and makes no control store', async () => {
    const before = await place.workplace.snapshot();
    const { exit, stdout } = await place.live(['status']);
    expect({ exit, text: stdout.text, files: await place.workplace.snapshot() }).toEqual({
      exit: 0,
      text: 'There are no live migrations.\n',
      files: before,
    });
  });

  test('lists them all', async () => {
    await place.all(CREATE);
    expect((await place.live(['status'])).stdout.text).toMatch(/\norders +created +source only +0 /);
  });

  test('tells of each client, and of the phase that it is in', async () => {
    await place.all(CREATE);
    const table = await place.open();
    await place.all(`start ${NAME} --until managed`);
    const { stdout } = await place.live(['status', NAME]);
    await table.close();
    expect(stdout.text).toMatch(/ {2}the application \(process \d+ on .*\): alive, in phase 1, lease until /);
  });

  test('tells who wanted what', async () => {
    await place.all(CREATE, `start ${NAME} --until managed`);
    const { stdout } = await place.live(['status', NAME]);
    expect(stdout.text).toContain('wants it managed on the target (changeover live start)');
  });
});

describe('with --json', () => {
  test('every event names the migration, and the last one is done', async () => {
    await place.all(CREATE);
    const { events } = (await place.live(['start', NAME, '--json'])).stdout;
    expect(events.filter(({ v, migration }) => v !== 1 || migration !== NAME)).toEqual([]);
    expect(events.at(-1)).toMatchObject({ event: 'done', exit: 0, stage: 'target only' });
  });

  test('a failure names the migration, too', async () => {
    const { events } = (await place.live(['start', NAME, '--json'])).stdout;
    expect(events).toMatchObject([{ event: 'failed', migration: NAME, code: 'LIVE_UNKNOWN', exit: 2 }]);
  });
});
