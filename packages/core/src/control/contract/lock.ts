import assert from 'node:assert/strict';
import { isCode } from '../../std/index.ts';
import type { ControlStore } from '../control-store.ts';
import { FailureDetector } from '../failure-detector.ts';
import { type LockContext, releaseLock, takeLock } from '../lock.ts';
import { type ControlCase, type ControlSubject, controlCase } from './contract-case.ts';
import { assertFails, LEASE_MS, ownerOf, passUntil } from './support.ts';

/** One that a case outlives on purpose. */
const SHORT_LEASE_MS = 1_000;

/** Try to refute C8. */
export const lockCases: readonly ControlCase[] = [
  controlCase('lock: a free one is taken, with the first epoch', async (subject) => {
    const store = await subject.open();
    const session = await store.openSession(ownerOf(1), LEASE_MS);
    const lock = await takeLock(contextOf(subject, store), 'lock', session);
    assert.deepEqual([lock.session, lock.epoch], [session.id, 1]);
    assert.equal((await store.get('lock'))?.revision, lock.revision);
  }),
  controlCase('lock: one that a living session holds is refused', async (subject) => {
    const store = await subject.open();
    const context = contextOf(subject, store);
    const lock = await takeLock(context, 'lock', await store.openSession(ownerOf(1), LEASE_MS));
    await subject.advance(LEASE_MS - 1);
    const taking = takeLock(context, 'lock', await store.openSession(ownerOf(2), LEASE_MS));
    const { details } = await assertFails(taking, 'CONTROL_LOCK_HELD');
    assert.deepEqual(details['holder'], ownerOf(1));
    assert.equal((await store.get('lock'))?.revision, lock.revision);
  }),
  controlCase('lock: a released one is taken with a higher epoch', async (subject) => {
    const store = await subject.open();
    const context = contextOf(subject, store);
    const first = await takeLock(context, 'lock', await store.openSession(ownerOf(1), LEASE_MS));
    await releaseLock(store, first);
    const second = await takeLock(context, 'lock', await store.openSession(ownerOf(2), LEASE_MS));
    assert.ok(second.epoch > first.epoch);
  }),
  controlCase('lock: the lock of an ended session is free', async (subject) => {
    const store = await subject.open();
    const session = await store.openSession(ownerOf(1), LEASE_MS);
    const first = await takeLock(contextOf(subject, store), 'lock', session);
    await store.endSession(session.id);
    const successor = await store.openSession(ownerOf(2), LEASE_MS);
    const second = await takeLock(contextOf(subject, store), 'lock', successor);
    assert.ok(second.epoch > first.epoch);
  }),
  controlCase('lock: it is taken over from a dead process at once', async (subject) => {
    const store = await subject.open();
    const first = await takeLock(
      contextOf(subject, store),
      'lock',
      await store.openSession(ownerOf(1), LEASE_MS),
    );
    const successor = await store.openSession(ownerOf(2), LEASE_MS);
    const second = await takeLock(contextOf(subject, store, [1]), 'lock', successor);
    assert.deepEqual([second.session, second.epoch > first.epoch], [successor.id, true]);
  }),
  controlCase(
    'lock: it is taken over from a holder that is not heard from for a whole lease',
    async (subject) => {
      const store = await subject.open();
      const context = contextOf(subject, store);
      const first = await takeLock(context, 'lock', await store.openSession(ownerOf(1), SHORT_LEASE_MS));
      await subject.advance(SHORT_LEASE_MS);
      const taking = takeLock(context, 'lock', await store.openSession(ownerOf(2), LEASE_MS));
      const second = await passUntil(subject, taking);
      assert.ok(second.epoch > first.epoch);
      assert.equal(await store.session(first.session), undefined);
    },
  ),
  controlCase('lock: a renewed lease keeps it', async (subject) => {
    const store = await subject.open();
    const context = contextOf(subject, store);
    const session = await store.openSession(ownerOf(1), SHORT_LEASE_MS);
    await takeLock(context, 'lock', session);
    await subject.advance(SHORT_LEASE_MS - 1);
    await store.renewSession(session.id, SHORT_LEASE_MS);
    await subject.advance(SHORT_LEASE_MS - 1);
    const taking = takeLock(context, 'lock', await store.openSession(ownerOf(2), LEASE_MS));
    await assertFails(passUntil(subject, taking), 'CONTROL_LOCK_HELD');
  }),
  controlCase('lock: whoever lost it to another has lost the session too', async (subject) => {
    const store = await subject.open();
    const session = await store.openSession(ownerOf(1), LEASE_MS);
    await takeLock(contextOf(subject, store), 'lock', session);
    const successor = await store.openSession(ownerOf(2), LEASE_MS);
    await takeLock(contextOf(subject, store, [1]), 'lock', successor);
    await assertFails(store.renewSession(session.id, LEASE_MS), 'CONTROL_LEASE_LOST');
  }),
  controlCase('lock: releasing a lost one leaves the new holder alone', async (subject) => {
    const store = await subject.open();
    const lost = await takeLock(
      contextOf(subject, store),
      'lock',
      await store.openSession(ownerOf(1), LEASE_MS),
    );
    const successor = await store.openSession(ownerOf(2), LEASE_MS);
    const held = await takeLock(contextOf(subject, store, [1]), 'lock', successor);
    await releaseLock(store, lost);
    assert.equal((await store.get('lock'))?.revision, held.revision);
  }),
  controlCase('lock: of racing successors exactly one gets it', async (subject) => {
    const stores = [await subject.open(), await subject.open()];
    const dead = await stores[0]!.openSession(ownerOf(1), LEASE_MS);
    await takeLock(contextOf(subject, stores[0]!), 'lock', dead);
    const taking = [2, 3, 4, 5].map(async (pid) => {
      const store = stores[pid % 2]!;
      const session = await store.openSession(ownerOf(pid), LEASE_MS);
      return takeLock(contextOf(subject, store, [1]), 'lock', session);
    });
    const results = await Promise.allSettled(taking);
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    for (const result of results) {
      if (result.status === 'rejected') assert.ok(isCode(result.reason, 'CONTROL_LOCK_HELD'));
    }
  }),
];

/** A probe that knows of the dead only, as if everybody else ran on another host. */
function contextOf(
  subject: ControlSubject,
  control: ControlStore,
  dead: readonly number[] = [],
): LockContext {
  const { clock } = subject;
  const detector = new FailureDetector({
    clock,
    probe: ({ pid }) => (dead.includes(pid) ? 'dead' : 'unknown'),
  });
  return { control, clock, detector };
}
