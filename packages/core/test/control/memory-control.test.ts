import assert from 'node:assert/strict';
import { MemoryControl } from 'changeover/control';
import { controlContract, planControlContract, runControlCase } from 'changeover/control/contract';
import { seededRandom, VirtualClock } from 'changeover/std';
import { describe, test } from 'vitest';
import { memoryFactory } from './memory-subject.ts';

describe('the memory control store fulfils the contract', () => {
  const factory = memoryFactory(MemoryControl);
  for (const { case: each, skipped } of planControlContract(factory.offers)) {
    test.skipIf(skipped)(each.title, () => runControlCase(each, factory));
  }
});

test('every case of the contract has a title of its own', () => {
  assert.equal(new Set(controlContract.map(({ title }) => title)).size, controlContract.length);
});

test('a case whose need is not met is skipped, and says why', () => {
  const skipped = planControlContract({}).filter(({ skipped: reason }) => reason !== undefined);
  assert.ok(skipped.length > 0);
  for (const { skipped: reason } of skipped) assert.equal(reason, 'needs an outage');
});

test('a skip that names no case is an error', () => {
  const skips = [{ title: 'documents: no such claim', reason: 'because' }];
  assert.throws(() => planControlContract({}, skips), /no contract case has the title/);
});

test('a skip without a reason is an error', () => {
  const skips = controlContract.slice(0, 1).map(({ title }) => ({ title, reason: '' }));
  assert.throws(() => planControlContract({}, skips), /gives no reason/);
});

test('two memory stores have two identities', () => {
  const dependencies = { clock: new VirtualClock(), random: seededRandom(1) };
  assert.notEqual(new MemoryControl(dependencies).identity, new MemoryControl(dependencies).identity);
});

test('another handle has the data of a closed one', async () => {
  const store = new MemoryControl({ clock: new VirtualClock(), random: seededRandom(1) });
  await store.put('a', 1, undefined);
  await store.close();
  assert.deepEqual((await store.another().get('a'))?.value, 1);
});

test('a document that JSON would change in silence is a defect of the caller', async () => {
  const store = new MemoryControl({ clock: new VirtualClock(), random: seededRandom(1) });
  for (const number of [Number.NaN, Number.POSITIVE_INFINITY]) {
    await assert.rejects(store.put('a', { in: [number] }, undefined), { name: 'DefectError' });
  }
  assert.equal(await store.get('a'), undefined);
});

test('a lease that is not a positive time is a defect of the caller', async () => {
  const store = new MemoryControl({ clock: new VirtualClock(), random: seededRandom(1) });
  for (const leaseMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    await assert.rejects(store.openSession(OWNER, leaseMs), { name: 'DefectError' });
  }
});

const OWNER = { host: 'here', pid: 1, processStart: '1', bootId: '1', label: 'a test' };
