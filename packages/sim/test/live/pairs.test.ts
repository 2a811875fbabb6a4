import { type FaultBudget, prove } from '@changeover/tester';
import * as live from 'changeover/live';
import { describe, expect, test } from 'vitest';
import { KINDS, type Kind, pairScenario, STATES, WHOLE } from '../../src/live/pairs.ts';

const LONG = process.env['CHANGEOVER_TEST_LONG'] === '1';
const ALL = Object.keys(KINDS) as Kind[];
const PAIRS = ALL.flatMap((one, index) => ALL.slice(index).map((other): readonly Kind[] => [one, other]));
const ALONE = ALL.map((one): readonly Kind[] => [one]);
/** In every run each kind alone beside the worker, and two at a time where that takes seconds; all the rest in long ones. */
const FEW_ORDERS = ['target only, and stripped'];
const WITH_CRASHES = LONG ? PAIRS : ([['query']] as const);

async function holds(
  state: string,
  pairs: readonly (readonly Kind[])[],
  faults?: FaultBudget,
): Promise<void> {
  for (const kinds of pairs) {
    for (const present of [true, false]) {
      const scenario = pairScenario({ kinds, present, state, live, ...(faults ? { faults } : {}) });
      const report = await prove(scenario, { maxSteps: 400 });
      report.assertPassed();
      expect(report.complete, report.test).toBe(true);
    }
  }
}

describe('every order of calls and one turn is right, tried to the end', () => {
  for (const state of Object.keys(STATES)) {
    const pairs = LONG || FEW_ORDERS.includes(state) ? PAIRS : ALONE;
    test(`from ${state}`, { timeout: 7_200_000 }, () => holds(state, pairs));

    test(`from ${state}, with a worker that crashes anywhere and begins again`, { timeout: 7_200_000 }, () =>
      holds(state, WITH_CRASHES, { crash: 1 }),
    );
  }
});

describe('every order of one call and a whole migration is right, tried to the end', () => {
  for (const state of Object.keys(WHOLE)) {
    test(state, { timeout: 7_200_000 }, () => holds(state, ALONE));

    test.skipIf(!LONG)(
      `${state}, with a worker that crashes anywhere and begins again`,
      {
        timeout: 7_200_000,
      },
      () => holds(state, ALONE, { crash: 1 }),
    );
  }
});
