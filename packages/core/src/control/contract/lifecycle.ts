import assert from 'node:assert/strict';
import type { ControlOptions, ControlStore } from '../control-store.ts';
import { type ControlCase, controlCase } from './contract-case.ts';
import { assertFails, contents, LEASE_MS, ownerOf } from './support.ts';

type Operation = (store: ControlStore, options: ControlOptions) => Promise<unknown>;

const ABORTABLE: Readonly<Record<string, Operation>> = {
  get: (store, options) => store.get('a', options),
  list: (store, options) => store.list('', options),
  put: (store, options) => store.put('b', 1, undefined, options),
  delete: (store, options) => store.delete('a', 1, options),
};

const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...ABORTABLE,
  watch: async (store) => store.watch('', new AbortController().signal)[Symbol.asyncIterator]().next(),
  openSession: (store) => store.openSession(ownerOf(1), LEASE_MS),
  renewSession: (store) => store.renewSession('a', LEASE_MS),
  endSession: (store) => store.endSession('a'),
  sessions: (store) => store.sessions(),
  session: (store) => store.session('a'),
  append: (store) => store.append({ who: 'w', subject: 's', what: 'w', why: 'w' }),
  journal: (store) => store.journal(0),
};

export const lifecycleCases: readonly ControlCase[] = [
  ...Object.entries(OPERATIONS).map(([name, operation]) =>
    controlCase(`closed: ${name} is refused`, async (subject) => {
      const store = await subject.open();
      await store.close();
      await assertFails(operation(store, {}), 'CONTROL_CLOSED');
    }),
  ),
  ...Object.entries(ABORTABLE).map(([name, operation]) =>
    controlCase(`aborted: ${name} is refused, and does nothing`, async (subject) => {
      const store = await subject.open();
      await store.put('a', 1, undefined);
      await assertFails(operation(store, { signal: AbortSignal.abort() }), 'CONTROL_ABORTED');
      assert.deepEqual(await contents(store), [['a', 1]]);
    }),
  ),
  controlCase('closed: closing twice is fine', async (subject) => {
    const store = await subject.open();
    await store.close();
    await store.close();
  }),
  controlCase('closed: another handle goes on', async (subject) => {
    const [one, other] = [await subject.open(), await subject.open()];
    await other.put('a', 1, undefined);
    await one.close();
    await other.put('b', 2, undefined);
    assert.deepEqual(await contents(other), [
      ['a', 1],
      ['b', 2],
    ]);
  }),
  controlCase('closed: a later handle finds everything', async (subject) => {
    const first = await subject.open();
    const document = await first.put('a', 1, undefined);
    const session = await first.openSession(ownerOf(1), LEASE_MS);
    const entry = await first.append({ who: 'w', subject: 's', what: 'w', why: 'w' });
    await first.close();
    const later = await subject.open();
    assert.deepEqual(await later.list(''), [document]);
    assert.deepEqual(await later.sessions(), [session]);
    assert.deepEqual(await later.journal(0), [entry]);
  }),
  controlCase('identity: every handle has the same, and it is not empty', async (subject) => {
    const [one, other] = [await subject.open(), await subject.open()];
    assert.equal(one.identity, other.identity);
    assert.equal(one.location, other.location);
    assert.ok(one.identity !== '' && one.location !== '');
  }),
];
