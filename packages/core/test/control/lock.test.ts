import assert from 'node:assert/strict';
import {
  ControlError,
  FailureDetector,
  MemoryControl,
  takeLease,
  takeLock,
  withLock,
} from 'changeover/control';
import { seededRandom, VirtualClock } from 'changeover/std';
import { describe, test } from 'vitest';
import { owner } from '../move/fixture.ts';

const LEASE_MS = 1_000;
const DAY_MS = 86_400_000;

function twoMachines() {
  const [one, other] = [new VirtualClock(DAY_MS), new VirtualClock(DAY_MS)];
  const control = new MemoryControl({ clock: one, random: seededRandom(1) });
  const second = new MemoryControl({ clock: other, random: seededRandom(2) }, control);
  const at = (clock: VirtualClock, store: MemoryControl) => ({
    control: store,
    clock,
    detector: new FailureDetector({ clock, probe: () => 'unknown' }),
  });
  const machines = { one: at(one, control), other: at(other, second) };
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 50) for (const clock of [one, other]) await clock.advance(50);
  };
  return { ...machines, pass };
}

/** One look by somebody who comes but once, as a command does. */
async function look({ other, pass }: ReturnType<typeof twoMachines>): Promise<string> {
  const session = await other.control.openSession(owner, LEASE_MS);
  const looked = takeLock(other, 'lock', session).then(
    () => 'taken',
    (error: { readonly code: string }) => error.code,
  );
  await pass(2 * LEASE_MS);
  return looked;
}

for (const byMs of [-DAY_MS, -LEASE_MS, 0, LEASE_MS, DAY_MS]) {
  describe(`a lock whose holder has a clock that was set by ${byMs} ms`, () => {
    test('is not got from one who lives', async () => {
      const machines = twoMachines();
      const { one } = machines;
      one.clock.set(byMs);
      const lease = await takeLease(one.control, owner, one.clock, LEASE_MS);
      await takeLock(one, 'lock', lease.session);
      assert.equal(await look(machines), 'CONTROL_LOCK_HELD');
      assert.ok(lease.holds());
      await lease.stop();
    });

    test('is got from one who is dead by who looks twice', async () => {
      const machines = twoMachines();
      const { one, pass } = machines;
      one.clock.set(byMs);
      await takeLock(one, 'lock', await one.control.openSession(owner, LEASE_MS));
      const first = await look(machines);
      await pass(LEASE_MS);
      assert.ok([first, await look(machines)].includes('taken'));
    });
  });
}

test('who watches a silent holder can be stopped', async () => {
  const { one, other, pass } = twoMachines();
  await takeLock(one, 'lock', await one.control.openSession(owner, 100 * LEASE_MS));
  other.clock.set(DAY_MS);
  const session = await other.control.openSession(owner, LEASE_MS);
  const stop = new AbortController();
  const watching = takeLock({ ...other, signal: stop.signal }, 'lock', session);
  const stopped = assert.rejects(watching, { code: 'CONTROL_ABORTED', effect: 'none' });
  await pass(LEASE_MS);
  stop.abort();
  await stopped;
});

test('why the work failed is told, and not that the lock could not be given up', async () => {
  const { one } = twoMachines();
  const { signal } = new AbortController();
  const working = withLock({ ...one, owner, signal }, 'lock', async () => {
    one.control.put = async () => {
      throw new ControlError('CONTROL_FULL', 'full', { effect: 'none' });
    };
    throw new Error('the work failed');
  });
  await assert.rejects(working, { message: 'the work failed' });
});

test('a document that is no lock is not taken for a free one', async () => {
  const { one } = twoMachines();
  const session = await one.control.openSession(owner, LEASE_MS);
  for (const [index, value] of [null, 'text', {}, { session: 'a' }, { epoch: 1 }].entries()) {
    await one.control.put(`d${index}`, value, undefined);
    await assert.rejects(takeLock(one, `d${index}`, session), { code: 'CONTROL_CORRUPT', effect: 'none' });
  }
});
