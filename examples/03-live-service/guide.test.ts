import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolve } from '@changeover/stores';
import { currentOwner, probeProcess, systemClock, systemRandom } from '@changeover/stores/host';
import { openSqliteControl } from '@changeover/stores/sqlite';
import { createMigration, reach, setGoal } from 'changeover/coordinator';
import { placesOf } from 'changeover/cutover';
import { describe, expect, onTestFinished, test } from 'vitest';
import { blocksOf, regionOf } from '../guide-blocks.ts';
import { before, Orders, since, sinceInProduction, statusOf } from './orders.ts';

const HERE = new URL('.', import.meta.url);
const PAGE = new URL('../../docs/guides/make-my-service-migratable.md', HERE);

describe('make my service migratable', async () => {
  const blocks = blocksOf(await readFile(PAGE, 'utf8'));

  test('It shows code', () => {
    expect(blocks.length).toBeGreaterThan(3);
  });

  test.for(blocks)('The code of $from is what the file says', async ({ from, text }) => {
    expect(text).toBe(await regionOf(from, HERE));
  });
});

test('The service goes on while its table moves there and back, and loses nothing', async () => {
  const { cwd, go } = await movingShop();
  const { orders, end } = await since(cwd);
  const sides = ['target', 'source', 'target'] as const;
  for (const [index, side] of sides.entries()) {
    const going = go(side);
    await orders.place('ann', `order ${index}`, 'pear');
    expect(await orders.ship('ann', `order ${index}`)).toBe(true);
    await going;
    expect(await orders.ship('ann', `order ${index}`)).toBe(false);
  }
  expect((await orders.of('ann')).map(({ rowKey }) => rowKey)).toEqual([
    'first',
    'order 0',
    'order 1',
    'order 2',
  ]);
  await end();
});

test('The service opens its table with all that there is to say', async () => {
  const { cwd } = await movingShop();
  const table = await sinceInProduction(cwd, () => undefined);
  expect(await new Orders(table).of('ann')).toHaveLength(1);
  await table.close();
});

test('A refusal is told from a failure by its code', async () => {
  const { cwd } = await movingShop();
  const { orders, end } = await since(cwd);
  const again = await orders.place('ann', 'first', 'apple').catch(statusOf);
  await end();
  const late = await orders.of('ann').catch(statusOf);
  expect([again, late]).toEqual([409, 500]);
});

/** A shop with one order, in the working directory of whoever moves it. */
async function movingShop() {
  const cwd = await mkdtemp(join(tmpdir(), 'changeover-shop-'));
  const world = {
    clock: systemClock,
    random: systemRandom,
    owner: currentOwner('guide'),
    probe: probeProcess,
  };
  const control = await openSqliteControl({
    ...world,
    path: join(cwd, '.changeover/control.db'),
    create: true,
  });
  onTestFinished(async () => {
    await control.close();
    await rm(cwd, { recursive: true, force: true });
  });
  const open = (url: string) => resolve(url, { mode: 'write', clock: systemClock, env: {}, cwd });
  const { store } = await open('sqlite:shop.db');
  await store.create('orders');
  await store.close();
  const shop = await before(cwd);
  await shop.orders.place('ann', 'first', 'apple');
  await shop.store.close();
  const signal = new AbortController().signal;
  const source = { url: `sqlite:${join(cwd, 'shop.db')}`, table: 'orders' };
  const target = { url: `sqlite:${join(cwd, 'new.db')}`, table: 'orders' };
  const driving = { ...world, control, resolve: open, signal };
  await createMigration({ ...driving, name: 'orders', source, target, dryRun: false });
  const places = await placesOf(control, 'orders');
  const go = async (side: 'source' | 'target') => {
    await setGoal({ ...driving, places }, { side, until: 'alone', range: null, retired: 'kept' });
    await reach({ ...driving, places, threads: 2, onEvent: () => undefined });
  };
  return { cwd, go };
}
