import { explore } from '@changeover/tester';
import * as live from 'changeover/live';
import { describe, test } from 'vitest';
import { liveScenario } from '../../src/live/scenario.ts';
import { SIZES } from '../../src/live/sizes.ts';

const LONG = process.env['CHANGEOVER_TEST_LONG'] === '1';
/** Of each size. */
const SCHEDULES = LONG ? 20_000 : 250;

describe('clients of a table that moves get no wrong answer, whatever the order', () => {
  for (const [name, size] of Object.entries(SIZES)) {
    test(name, { timeout: 3_600_000 }, async () => {
      const scenario = liveScenario({ name, size, live });
      (
        await explore(scenario, { strategy: 'portfolio', schedules: SCHEDULES, maxSteps: 2000 })
      ).assertPassed();
    });
  }
});
