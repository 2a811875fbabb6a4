import { inspect } from 'node:util';
import { explore, type FaultBudget, prove, type Report } from '@changeover/tester';
import type { Sides } from 'changeover/live';
import * as live from 'changeover/live';
import { assert, describe, expect, test } from 'vitest';
import { liveMutant } from '../../src/live/mutant-scenario.ts';
import { MUTANTS } from '../../src/live/mutants.ts';
import { KINDS, type Kind, type PairOptions, pairScenario, STATES, WHOLE } from '../../src/live/pairs.ts';

const LONG = process.env['CHANGEOVER_TEST_LONG'] === '1';
const ALL = Object.keys(KINDS) as Kind[];
const PAIRS = ALL.flatMap((one, index) => ALL.slice(index).map((other): readonly Kind[] => [one, other]));
const ALONE = ALL.map((one): readonly Kind[] => [one]);
/** Beside a crash two calls have very many orders: in every run each alone, and two where that takes seconds. */
const FEW_ORDERS = ['target only, and stripped'];

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
    test(`from ${state}`, { timeout: 7_200_000 }, () => holds({ state, calls: PAIRS }));

    const calls = LONG ? [...ALONE, ...PAIRS] : FEW_ORDERS.includes(state) ? PAIRS : ALONE;
    test(`from ${state}, with a worker that crashes anywhere and begins again`, { timeout: 7_200_000 }, () =>
      holds({ state, calls, faults: { crash: 1 } }),
    );
  }
});

describe('every order of one call and a whole migration is right, wherever it begins, tried to the end', () => {
  for (const [state, { steps }] of Object.entries(WHOLE)) {
    for (let from = 0; from <= steps.length; from += 1) {
      test(`${state}, from step ${from}`, { timeout: 7_200_000 }, () => holds({ state, calls: ALONE, from }));

      test.skipIf(!LONG)(
        `${state}, from step ${from}, with a worker that crashes anywhere and begins again`,
        { timeout: 7_200_000 },
        () => holds({ state, calls: ALONE, from, faults: { crash: 1 } }),
      );
    }
  }
});

/** What a defect needs to be seen in every order of so few calls. */
const REFUTED: Readonly<Record<string, PairOptions>> = {
  NoFence: { kinds: ['insert', 'insert'], present: false, state: 'owner source', live },
  OwnerWins: { kinds: ['replace any'], present: true, state: 'copying, and turned back', live },
};

describe('the search in every order', () => {
  test.each(Object.entries(REFUTED))('refutes %s', async (name, pair) => {
    const mutant = MUTANTS.find((each) => each.name === name);
    assert(mutant);
    const report = await prove(pairScenario({ ...pair, live: await liveMutant(mutant) }), { shrink: 0 });
    expect(report.passed).toBe(false);
  });

  test('comes to every end that sampling comes to, although what is refused counts as read', async () => {
    const endsOf = async (search: (scenario: ReturnType<typeof pairScenario>) => Promise<Report>) => {
      const ends = new Set<string>();
      const scenario = pairScenario({
        kinds: ['insert', 'replace any'],
        present: false,
        state: 'owner source',
        live,
      });
      const atEnd = async ({ sides }: { readonly sides: Sides }) => void ends.add(await contentsOf(sides));
      (await search({ ...scenario, atEnd })).assertPassed();
      return [...ends].toSorted();
    };
    const tried = await endsOf((scenario) => prove(scenario, { shrink: 0 }));
    const sampled = await endsOf((scenario) => explore(scenario, { strategy: 'mix', schedules: 3_000 }));
    expect(tried.length).toBeGreaterThan(1);
    expect(sampled).toEqual(tried);
  });
});

/** All rows on either side, but for their versions: those tell of the order. */
async function contentsOf(sides: Sides): Promise<string> {
  const pages = [await sides.source.scan(), await sides.target.scan()];
  return inspect(
    pages.map(({ rows }) => rows.map(({ rowKey, properties }) => [rowKey, properties])),
    { depth: 9 },
  );
}
