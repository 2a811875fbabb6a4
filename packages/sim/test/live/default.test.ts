import { explore } from '@changeover/tester';
import * as live from 'changeover/live';
import { describe, test } from 'vitest';
import { liveScenario } from '../../src/live/scenario.ts';
import { SIZES, type SizeName } from '../../src/live/sizes.ts';

const long = process.env['CHANGEOVER_TEST_LONG'] === '1';
const schedules = long ? 150_000 : 1_000;

describe('the live protocol', () => {
  for (const [name, size] of Object.entries(SIZES)) {
    test(`gives no wrong answer: ${name as SizeName}`, { timeout: long ? 7_200_000 : 60_000 }, async () => {
      (await explore(liveScenario({ name, size, live }), { schedules })).assertPassed();
    });
  }
});
