import assert from 'node:assert/strict';
import { type ControlCase, controlCase } from './contract-case.ts';
import { assertFails, LEASE_MS, ownerOf } from './support.ts';

/** Try to refute C6. */
export const sessionCases: readonly ControlCase[] = [
  controlCase('sessions: an opened one has its owner, and a lease from now', async (subject) => {
    const store = await subject.open();
    await subject.advance(1000);
    const now = subject.clock.now();
    const session = await store.openSession(ownerOf(1), LEASE_MS);
    const { id: _, ...rest } = session;
    const lease = { leaseMs: LEASE_MS, renewals: 0, leaseUntilMs: now + LEASE_MS };
    assert.deepEqual(rest, { owner: ownerOf(1), openedAtMs: now, ...lease });
    assert.deepEqual(await store.session(session.id), session);
  }),
  controlCase('sessions: every one is listed, with an id of its own', async (subject) => {
    const [one, other] = [await subject.open(), await subject.open()];
    const opened = [
      await one.openSession(ownerOf(1), LEASE_MS),
      await one.openSession(ownerOf(1), LEASE_MS),
      await other.openSession(ownerOf(2), LEASE_MS),
    ];
    const listed = await one.sessions();
    assert.equal(new Set(listed.map(({ id }) => id)).size, 3);
    for (const session of opened)
      assert.deepEqual(
        listed.find(({ id }) => id === session.id),
        session,
      );
  }),
  controlCase('sessions: renewing gives a new lease from now', async (subject) => {
    const store = await subject.open();
    const session = await store.openSession(ownerOf(1), LEASE_MS);
    await subject.advance(LEASE_MS - 1);
    const renewed = await store.renewSession(session.id, 2 * LEASE_MS);
    const lease = { leaseMs: 2 * LEASE_MS, renewals: 1, leaseUntilMs: subject.clock.now() + 2 * LEASE_MS };
    assert.deepEqual(renewed, { ...session, ...lease });
    assert.deepEqual(await store.session(session.id), renewed);
  }),
  controlCase('sessions: one that nobody ended can be renewed, whatever the clock says', async (subject) => {
    const store = await subject.open();
    const { id } = await store.openSession(ownerOf(1), LEASE_MS);
    await subject.advance(10 * LEASE_MS);
    assert.equal((await store.renewSession(id, LEASE_MS)).renewals, 1);
  }),
  controlCase('sessions: one is ended only if it was not renewed since it was seen', async (subject) => {
    const store = await subject.open();
    const { id, renewals } = await store.openSession(ownerOf(1), LEASE_MS);
    const renewed = await store.renewSession(id, LEASE_MS);
    assert.equal(await store.endSession(id, renewals), false);
    assert.deepEqual(await store.session(id), renewed);
    assert.equal(await store.endSession(id, renewed.renewals), true);
    assert.equal(await store.session(id), undefined);
    assert.equal(await store.endSession(id, renewals), true);
  }),
  controlCase('sessions: one that nobody renews stays listed until it is ended', async (subject) => {
    const store = await subject.open();
    const session = await store.openSession(ownerOf(1), LEASE_MS);
    await subject.advance(10 * LEASE_MS);
    assert.deepEqual(await store.sessions(), [session]);
  }),
  controlCase('sessions: an ended one is gone', async (subject) => {
    const store = await subject.open();
    const kept = await store.openSession(ownerOf(1), LEASE_MS);
    const ended = await store.openSession(ownerOf(2), LEASE_MS);
    await store.endSession(ended.id);
    await store.endSession(ended.id);
    assert.equal(await store.session(ended.id), undefined);
    assert.deepEqual(await store.sessions(), [kept]);
  }),
  controlCase('sessions: an ended or unknown one cannot be renewed', async (subject) => {
    const store = await subject.open();
    const { id } = await store.openSession(ownerOf(1), LEASE_MS);
    await store.endSession(id);
    await assertFails(store.renewSession(id, LEASE_MS), 'CONTROL_LEASE_LOST');
    await assertFails(store.renewSession('nobody', LEASE_MS), 'CONTROL_LEASE_LOST');
    assert.deepEqual(await store.sessions(), []);
  }),
];
