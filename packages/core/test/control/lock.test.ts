import assert from 'node:assert/strict';
import { FailureDetector, MemoryControl, takeLock } from 'changeover/control';
import { seededRandom, VirtualClock } from 'changeover/std';
import { test } from 'vitest';

test('a document that is no lock is not taken for a free one', async () => {
  const clock = new VirtualClock();
  const control = new MemoryControl({ clock, random: seededRandom(1) });
  const owner = { host: 'here', pid: 1, processStart: '1', bootId: '1', label: 'a test' };
  const session = await control.openSession(owner, 1000);
  for (const [index, value] of [null, 'text', {}, { session: 'a' }, { epoch: 1 }].entries()) {
    await control.put(`d${index}`, value, undefined);
    const detector = new FailureDetector({ clock, probe: () => 'dead' });
    const taking = takeLock({ control, clock, detector }, `d${index}`, session);
    await assert.rejects(taking, { code: 'CONTROL_CORRUPT', effect: 'none' });
  }
});
