import { prove } from '@changeover/tester';
import * as live from 'changeover/live';
import { describe, expect, test } from 'vitest';
import { KINDS, type Kind, pairScenario, STATES } from '../../src/live/pairs.ts';

const LONG = process.env['CHANGEOVER_TEST_LONG'] === '1';
const ALL = Object.keys(KINDS) as Kind[];
/** In every run each kind alone beside the worker; every pair takes an hour. */
const PAIRS: readonly (readonly Kind[])[] = LONG
  ? ALL.flatMap((one, index) => ALL.slice(index).map((other) => [one, other]))
  : ALL.map((one) => [one]);

/** From the others the crashes make too many orders for every run. */
const FEW_STATES = ['copying', 'target only, and stripped'];

describe('every order of calls and one turn is right, tried to the end', () => {
  for (const state of Object.keys(STATES)) {
    test(`from ${state}`, { timeout: LONG ? 7_200_000 : 60_000 }, async () => {
      for (const kinds of PAIRS) {
        for (const present of [true, false]) {
          const report = await prove(pairScenario({ kinds, present, state, live }), { maxSteps: 400 });
          report.assertPassed();
          expect(report.complete, report.test).toBe(true);
        }
      }
    });
  }

  test('a worker that crashes anywhere, and begins again, makes no difference', {
    timeout: LONG ? 7_200_000 : 60_000,
  }, async () => {
    for (const state of LONG ? Object.keys(STATES) : FEW_STATES) {
      for (const kind of LONG ? ALL : (['insert'] as const)) {
        const scenario = pairScenario({ kinds: [kind], present: true, state, live, faults: { crash: 1 } });
        const report = await prove(scenario, { maxSteps: 400 });
        report.assertPassed();
        expect(report.complete, report.test).toBe(true);
      }
    }
  });
});
