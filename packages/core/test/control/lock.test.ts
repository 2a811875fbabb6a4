import assert from 'node:assert/strict';
import { isDead, type Liveness, MemoryControl, type Session, takeLock } from 'changeover/control';
import { seededRandom, VirtualClock } from 'changeover/std';
import { describe, test } from 'vitest';

describe('a session is dead', () => {
  const session: Session = {
    id: 'a',
    owner: { host: 'here', pid: 1, processStart: '1', bootId: '1', label: 'a test' },
    openedAtMs: 0,
    leaseUntilMs: 100,
  };
  const cases: readonly (readonly [number, Liveness, boolean])[] = [
    [99, 'alive', false],
    [99, 'unknown', false],
    [99, 'dead', true],
    [100, 'alive', true],
    [100, 'unknown', true],
  ];
  for (const [nowMs, liveness, dead] of cases) {
    test(`${dead}: at ${nowMs} of a lease until 100, its process being ${liveness}`, () => {
      assert.equal(
        isDead(session, nowMs, () => liveness),
        dead,
      );
    });
  }
});

test('a document that is no lock is not taken for a free one', async () => {
  const clock = new VirtualClock();
  const control = new MemoryControl({ clock, random: seededRandom(1) });
  const owner = { host: 'here', pid: 1, processStart: '1', bootId: '1', label: 'a test' };
  const session = await control.openSession(owner, 1000);
  for (const [index, value] of [null, 'text', {}, { session: 'a' }, { epoch: 1 }].entries()) {
    await control.put(`d${index}`, value, undefined);
    const taking = takeLock({ control, clock, probe: () => 'dead' }, `d${index}`, session);
    await assert.rejects(taking, { code: 'CONTROL_CORRUPT', effect: 'none' });
  }
});
