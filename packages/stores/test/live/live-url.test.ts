import { join } from 'node:path';
import type { Table } from 'changeover/table';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/host/index.ts';
import { type ResolveOptions, resolve } from '../../src/index.ts';
import { textRow } from '../sqlite/own-files.ts';
import { livePlace } from './live-place.ts';

async function open(url: string, options: Partial<ResolveOptions>) {
  const opened = await resolve(url, { mode: 'write', clock: systemClock, env: {}, ...options });
  onTestFinished(() => opened.store.close());
  return opened;
}

async function keysOf(table: Table): Promise<readonly string[]> {
  return (await table.scan()).rows.map(({ partitionKey, rowKey }) => `${partitionKey}/${rowKey}`);
}

const FOUR = ['a/00000', 'a/00001', 'b/00000', 'b/00001'];

test('A live URL names the table that moves, before it moves and after', async () => {
  const { cwd, go } = await livePlace();
  const { store, table } = await open('live:orders', { cwd });
  const orders = await store.open(table ?? '');
  expect(await keysOf(orders)).toEqual(FOUR);
  await go({});
  expect(await keysOf(orders)).toEqual(FOUR);
});

test('A live URL names the table that moved, when the source has another name', async () => {
  const { cwd, go } = await livePlace();
  await go({});
  await go({ until: 'clean', retired: 'renamed' });
  const { store } = await open('live:orders', { cwd });
  expect(await keysOf(await store.open('orders'))).toEqual(FOUR);
});

test('What is written through a live URL is on the side where clients are', async () => {
  const { cwd, go } = await livePlace();
  await go({});
  const { store } = await open('live:orders', { cwd });
  await (await store.open('orders')).write([{ ...textRow('c', 'new'), kind: 'insert' }]);
  const target = await open('sqlite:target.db', { cwd });
  expect(await keysOf(await target.store.open('orders'))).toContain('c/new');
});

test('A live URL that is opened for reading reads a table that is managed, and writes nothing', async () => {
  const { cwd, go } = await livePlace();
  await go({ until: 'managed' });
  const { store } = await open('live:orders', { cwd, mode: 'read' });
  const orders = await store.open('orders');
  expect(store.manifest.readOnly).toBe(true);
  expect(await keysOf(orders)).toEqual(FOUR);
  await expect(orders.write([{ ...textRow('a', 'new'), kind: 'insert' }])).rejects.toMatchObject({
    code: 'TABLE_READ_ONLY',
  });
});

test('The control store is that of the parameter, else of the environment, else of the working directory', async () => {
  const { cwd } = await livePlace();
  const url = `sqlite:${join(cwd, '.changeover/control.db')}`;
  const none = 'sqlite:none.db';
  await open(`live:orders?control=${url}`, { cwd: '/', env: { CHANGEOVER_CONTROL: none } });
  await open('live:orders', { cwd: '/', env: { CHANGEOVER_CONTROL: url } });
  await open('live:orders', { cwd });
  await expect(open(`live:orders?control=${none}`, { cwd })).rejects.toMatchObject({
    code: 'CONTROL_NOT_FOUND',
  });
});

test('The URL that comes back means the same from anywhere', async () => {
  const { cwd } = await livePlace();
  const first = await open('live:orders', { cwd });
  const second = await open(first.url, { cwd: '/' });
  expect([second.url, second.store.identity]).toEqual([first.url, first.store.identity]);
});

test.for([
  ['live:orders?contrl=sqlite:x.db', 'STORE_PARAMETER_UNKNOWN'],
  ['live:orders?control=nats:x', 'STORE_URL_INVALID'],
  ['live:other', 'LIVE_UNKNOWN'],
])('%s is refused with %s', async ([url = '', code]) => {
  const { cwd } = await livePlace();
  await expect(open(url, { cwd })).rejects.toMatchObject({ code });
});

test('A migration has no other table than its own', async () => {
  const { cwd } = await livePlace();
  const { store } = await open('live:orders', { cwd });
  await expect(store.open('other')).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
  await expect(store.create('other')).rejects.toMatchObject({ code: 'TABLE_NOT_SUPPORTED' });
});

test('What is reserved cannot be seen through a live URL', async () => {
  const { cwd } = await livePlace();
  const { store } = await open('live:orders', { cwd });
  await expect(store.open('orders', { reserved: true })).rejects.toMatchObject({
    code: 'TABLE_NOT_SUPPORTED',
  });
});

test('Nobody waits for a live URL that was closed', async () => {
  const { cwd, clients } = await livePlace();
  const { store } = await open('live:orders', { cwd });
  await store.open('orders');
  expect(await clients()).toBe(1);
  await store.close();
  expect(await clients()).toBe(0);
});
