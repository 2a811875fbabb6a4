import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openTable } from '../../src/index.ts';
import { livePlace } from './live-place.ts';

test('An application opens the table by its name, and keeps it through the whole migration', async () => {
  const { cwd, go, clients } = await livePlace();
  const orders = await openTable('orders', { cwd, env: {} });
  for (const until of ['managed', 'complete', 'alone'] as const) {
    await go({ until });
    expect(await orders.query('a')).toHaveLength(2);
  }
  await orders.close();
  expect(await clients()).toBe(0);
});

test('A control store that is handed in stays open', async () => {
  const { cwd, control } = await livePlace();
  await (await openTable('orders', { cwd, env: {}, control })).close();
  expect(await control.get('live/orders/table')).toBeDefined();
});

test('Who looks at the migration sees a client by its label and its group', async () => {
  const { cwd, control } = await livePlace();
  const url = `sqlite:${join(cwd, '.changeover/control.db')}`;
  const orders = await openTable('orders', {
    cwd: '/',
    env: {},
    control: url,
    label: 'shop',
    group: 'north',
  });
  const [client] = await control.list('live/orders/clients/');
  expect(client?.value).toMatchObject({ label: 'shop', group: 'north', pid: process.pid });
  await orders.close();
});
