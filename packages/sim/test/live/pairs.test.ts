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

interface Scope {
  readonly state: string;
  readonly calls: readonly (readonly Kind[])[];
  readonly from?: number;
  readonly faults?: FaultBudget;
}

async function holds({ calls, ...scope }: Scope): Promise<void> {
  for (const kinds of calls) {
    for (const present of [true, false]) {
      const scenario = pairScenario({ kinds, present, live, ...scope });
      const report = await prove(scenario, { maxSteps: 400 });
      report.assertPassed();
      expect(report.complete, report.test).toBe(true);
    }
  }
}

describe('every order of calls and one turn is right, tried to the end', () => {
  for (const state of Object.keys(STATES)) {
    const pairs = LONG || FEW_ORDERS.includes(state) ? PAIRS : ALONE;
    test(`from ${state}`, { timeout: 7_200_000 }, () => holds({ state, calls: pairs }));

    test(`from ${state}, with a worker that crashes anywhere and begins again`, { timeout: 7_200_000 }, () =>
      holds({ state, calls: WITH_CRASHES, faults: { crash: 1 } }),
    );
  }
});

/** Beside which a call has very many orders: all the kinds in long runs. */
const MANY_ORDERS: Readonly<Record<string, readonly number[]>> = {
  'a whole migration': [2],
  'a migration that turns back': [1],
};

describe('every order of one call and a whole migration is right, wherever it begins, tried to the end', () => {
  for (const [state, { steps }] of Object.entries(WHOLE)) {
    for (let from = 0; from <= steps.length; from += 1) {
      const calls = LONG || !MANY_ORDERS[state]?.includes(from) ? ALONE : ([['delete any']] as const);
      test(`${state}, from step ${from}`, { timeout: 7_200_000 }, () => holds({ state, calls, from }));

      test.skipIf(!LONG)(
        `${state}, from step ${from}, with a worker that crashes anywhere and begins again`,
        { timeout: 7_200_000 },
        () => holds({ state, calls: ALONE, from, faults: { crash: 1 } }),
      );
    }
  }
});
