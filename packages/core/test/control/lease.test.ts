import { ControlError, LEASE_MS, MemoryControl, takeLease } from 'changeover/control';
import { runMove } from 'changeover/move';
import { seededRandom, VirtualClock } from 'changeover/std';
import { expect, test } from 'vitest';
import { contextOf, newScene, numbered, owner, requestOf } from '../move/fixture.ts';

async function leased(failing: () => boolean) {
  const clock = new VirtualClock();
  const control = new MemoryControl({ clock, random: seededRandom(1) });
  const renew = control.renewSession.bind(control);
  control.renewSession = async (id, ms) => {
    if (failing()) throw new ControlError('CONTROL_UNAVAILABLE', 'gone', { effect: 'unknown' });
    return renew(id, ms);
  };
  const lease = await takeLease(control, owner, clock);
  return { clock, control, session: lease.session, lease };
}

test('A lease is renewed for as long as it is kept', async () => {
  const { clock, control, session, lease } = await leased(() => false);
  await clock.advance(10 * LEASE_MS);
  expect((await control.session(session.id))?.leaseUntilMs).toBeGreaterThan(clock.now());
  expect(lease.lost.aborted).toBe(false);
  await lease.stop();
});

test('A control store that is back in time costs nothing', async () => {
  let down = true;
  const { clock, lease } = await leased(() => down);
  await clock.advance(LEASE_MS - 3_000);
  down = false;
  await clock.advance(LEASE_MS * 2);
  expect(lease.lost.aborted).toBe(false);
  await lease.stop();
});

test('A lease that cannot be renewed is given up before it runs out', async () => {
  const { clock, lease } = await leased(() => true);
  let lostAtMs = Number.POSITIVE_INFINITY;
  lease.lost.addEventListener('abort', () => (lostAtMs = clock.now()));
  await clock.advance(2 * LEASE_MS);
  expect(lostAtMs).toBeLessThan(LEASE_MS);
  await lease.stop();
});

test('Who slept through the end of a lease sees at once that it does not hold any more', async () => {
  const { clock, lease } = await leased(() => false);
  expect(lease.holds()).toBe(true);
  clock.monotonic = () => LEASE_MS;
  expect(lease.holds()).toBe(false);
  await lease.stop();
});

test('A lease that was ended by another is lost at the next renewal', async () => {
  const { clock, control, session, lease } = await leased(() => false);
  await control.endSession(session.id);
  await clock.advance(LEASE_MS);
  expect(lease.lost.reason).toMatchObject({ code: 'CONTROL_LEASE_LOST' });
  await lease.stop();
});

test('A lease that is lost is not held again, however well its session does', async () => {
  const { clock, control, session, lease } = await leased(() => false);
  clock.monotonic = () => LEASE_MS;
  await control.renewSession(session.id, LEASE_MS);
  await clock.advance(LEASE_MS);
  clock.monotonic = () => 0;
  expect(lease.holds()).toBe(false);
  expect(lease.lost.reason).toMatchObject({ code: 'CONTROL_LEASE_LOST' });
  await lease.stop();
});

test('Who lost its lease ends its session, so that nobody waits for it', async () => {
  const { clock, control, session, lease } = await leased(() => false);
  clock.monotonic = () => LEASE_MS;
  await clock.advance(LEASE_MS);
  expect(await control.session(session.id)).toBeUndefined();
  await lease.stop();
});

test('A lease is counted from when it was asked for, and not from when the answer came', async () => {
  const { clock, control, lease } = await leased(() => false);
  const renew = control.renewSession.bind(control);
  control.renewSession = async (id, ms) => {
    const renewed = await renew(id, ms);
    await clock.sleep(LEASE_MS - 6_000);
    return renewed;
  };
  await clock.advance(LEASE_MS);
  control.renewSession = async () => {
    throw new ControlError('CONTROL_UNAVAILABLE', 'gone', { effect: 'none' });
  };
  expect(lease.holds()).toBe(true);
  await clock.advance(5_000);
  expect(lease.holds()).toBe(false);
  await lease.stop();
});

test('A move whose lease is lost stops with that error and can be gone on with', async () => {
  const scene = await newScene(numbered(100));
  const context = contextOf(scene, {
    onEvent: (event) => {
      if (event.event !== 'stepStarted' || event.step !== 'copy') return;
      void scene.control.sessions().then(async ([session]) => {
        await scene.control.endSession(session?.id ?? '');
        await scene.clock.advance(LEASE_MS);
      });
    },
  });
  await expect(runMove(requestOf(scene, { rowsPerSecond: 1 }), context)).rejects.toMatchObject({
    code: 'CONTROL_LEASE_LOST',
  });
  expect((await runMove(requestOf(scene), contextOf(scene))).validation).toMatchObject({
    compared: 100,
    missing: 0,
  });
});
