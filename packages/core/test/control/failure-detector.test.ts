import { FailureDetector, type Liveness, MemoryControl } from 'changeover/control';
import { seededRandom, VirtualClock } from 'changeover/std';
import { describe, expect, test } from 'vitest';
import { owner } from '../move/fixture.ts';

const LEASE_MS = 100;

async function watched(liveness: Liveness = 'unknown') {
  const clock = new VirtualClock(1_000_000);
  const control = new MemoryControl({ clock, random: seededRandom(1) });
  const { id } = await control.openSession(owner, LEASE_MS);
  const detector = new FailureDetector({ clock, probe: () => liveness });
  const session = async () => (await control.session(id))!;
  return { clock, control, id, detector, isDead: async () => detector.isDead(await session()), session };
}

test('Who is not renewed for a whole lease is dead', async () => {
  const { clock, isDead } = await watched();
  expect(await isDead()).toBe(false);
  await clock.advance(LEASE_MS - 1);
  expect(await isDead()).toBe(false);
  await clock.advance(1);
  expect(await isDead()).toBe(true);
});

test('Who is seen for the first time is not dead, however long it has been silent', async () => {
  const { clock, isDead } = await watched();
  await clock.advance(100 * LEASE_MS);
  expect(await isDead()).toBe(false);
});

test('Every renewal is good for a whole lease more', async () => {
  const { clock, control, id, isDead } = await watched();
  await isDead();
  await clock.advance(LEASE_MS);
  await control.renewSession(id, LEASE_MS);
  expect(await isDead()).toBe(false);
  await clock.advance(LEASE_MS);
  expect(await isDead()).toBe(true);
});

describe.each([-1_000_000, -1, 1_000_000])('A clock that is set by %d ms', (byMs) => {
  test('makes nobody dead', async () => {
    const { clock, isDead } = await watched();
    await isDead();
    clock.set(byMs);
    expect(await isDead()).toBe(false);
  });

  test('keeps nobody alive', async () => {
    const { clock, control, id, isDead } = await watched();
    clock.set(byMs);
    await control.renewSession(id, LEASE_MS);
    clock.set(-byMs);
    await isDead();
    await clock.advance(LEASE_MS);
    expect(await isDead()).toBe(true);
  });
});

test('A process that is known to be gone is dead at once', async () => {
  expect(await (await watched('dead')).isDead()).toBe(true);
});

test('A process that is there is dead all the same if it is not renewed: it may be stopped', async () => {
  const { clock, isDead } = await watched('alive');
  await isDead();
  await clock.advance(LEASE_MS);
  expect(await isDead()).toBe(true);
});

test('Who is buried has lost its session', async () => {
  const { clock, control, id, detector, session } = await watched();
  const seen = await session();
  expect(await detector.bury(control, seen)).toBe(false);
  await clock.advance(LEASE_MS);
  expect(await detector.bury(control, seen)).toBe(true);
  await expect(control.renewSession(id, LEASE_MS)).rejects.toMatchObject({ code: 'CONTROL_LEASE_LOST' });
});

test('Who is renewed at the moment of its burial lives', async () => {
  const { clock, control, id, detector, session } = await watched();
  const seen = await session();
  detector.isDead(seen);
  await clock.advance(LEASE_MS);
  await control.renewSession(id, LEASE_MS);
  expect(await detector.bury(control, seen)).toBe(false);
  expect(await session()).toMatchObject({ renewals: 1 });
});
