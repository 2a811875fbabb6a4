import { explore } from '@changeover/tester';
import * as live from 'changeover/live';
import { describe, test } from 'vitest';
import { liveScenario } from '../../src/live/scenario.ts';
import { SIZES } from '../../src/live/sizes.ts';

const LONG = process.env['CHANGEOVER_TEST_LONG'] === '1';
/** Of each size, with and without faults: in all some thousands in every run, and a million in a long one. */
const SCHEDULES = LONG ? 62_500 : 200;
const TIMEOUT_MS = LONG ? 3_600_000 : 60_000;
const FAULTS = { before: 2, after: 2, duplicate: 1, crash: 1 };

describe('clients of a table that moves get no wrong answer, whatever the order', () => {
  for (const [name, size] of Object.entries(SIZES)) {
    test(name, { timeout: TIMEOUT_MS }, async () => {
      (await explore(liveScenario({ name, size, live }), { schedules: SCHEDULES })).assertPassed();
    });

    test(`${name}, while stores fail, replies are late or lost, and workers crash`, {
      timeout: TIMEOUT_MS,
    }, async () => {
      const scenario = liveScenario({ name, size: { late: 0.3, ...size }, live, faults: FAULTS });
      (await explore(scenario, { schedules: SCHEDULES, seed: 2 })).assertPassed();
    });
  }
});
