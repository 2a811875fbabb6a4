import { explore } from '@changeover/tester';
import * as live from 'changeover/live';
import { describe, test } from 'vitest';
import { liveScenario } from '../../src/live/scenario.ts';
import { SIZES } from '../../src/live/sizes.ts';

const LONG = process.env['CHANGEOVER_TEST_LONG'] === '1';
/** Of each size: in all more than ten thousand in every run, and a million in a long one. */
const SCHEDULES = LONG ? Math.ceil(1_000_000 / Object.keys(SIZES).length) : 1_000;
const FAULTS = { before: 2, after: 2, duplicate: 1, crash: 1 };

describe('nor while stores fail, replies are late or lost, and workers crash', () => {
  for (const [name, size] of Object.entries(SIZES)) {
    test(name, { timeout: 7_200_000 }, async () => {
      const scenario = liveScenario({ name, size: { late: 0.3, ...size }, live, faults: FAULTS });
      const options = { strategy: 'portfolio', schedules: SCHEDULES, seed: 2, maxSteps: 2000 } as const;
      (await explore(scenario, options)).assertPassed();
    });
  }
});
