import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { below, type Random, seededRandom } from '../../src/engine/random.ts';
import { type FaultBudget, type ProveOptions, prove } from '../../src/index.ts';
import { KINDS, type Op, randomOp, randomOperations } from './random-operations.ts';

const LONG = process.env.CHANGEOVER_TEST_LONG !== undefined;

/** All that programs can come to, by every schedule and by the reduced search. Programs with too many are left out. */
class Comparison {
  compared = 0;
  saved = 0;

  async compare(
    tasks: readonly (readonly Op[])[],
    faults: FaultBudget,
    options: ProveOptions = {},
  ): Promise<void> {
    const every = await outcomesOf(tasks, faults, { ...options, reduction: false, schedules: MOST });
    if (!every.complete) return;
    const reduced = await outcomesOf(tasks, faults, options);
    assert.ok(reduced.complete);
    assert.deepEqual(reduced.outcomes, every.outcomes, JSON.stringify([tasks, faults, options]));
    this.compared++;
    this.saved += every.schedules - reduced.schedules;
  }
}

const MOST = 3_000;

async function outcomesOf(tasks: readonly (readonly Op[])[], faults: FaultBudget, options: ProveOptions) {
  const outcomes = new Set<string>();
  const report = await prove(randomOperations(tasks, faults, outcomes), options);
  assert.ok(report.passed, report.toString());
  return { outcomes: [...outcomes].toSorted(), complete: report.complete, schedules: report.schedules };
}

function randomTasks(random: Random, kinds: readonly Op['kind'][], tasks: number, most: number): Op[][] {
  return Array.from({ length: tasks }, () =>
    Array.from({ length: 1 + below(random, most) }, () => randomOp(random, kinds)),
  );
}

/** Random programs of these kinds of operations, one for each seed. */
async function compareMany(
  {
    kinds,
    faults = {},
    most,
    tasks = 2,
    options,
  }: {
    kinds: readonly Op['kind'][];
    faults?: FaultBudget;
    most: number;
    tasks?: number;
    options?: ProveOptions;
  },
  seeds: number,
): Promise<Comparison> {
  const comparison = new Comparison();
  for (let seed = 0; seed < (LONG ? seeds * 20 : seeds); seed++) {
    await comparison.compare(randomTasks(seededRandom(seed), kinds, tasks, most), faults, options);
  }
  return comparison;
}

const CALLS = ['read', 'write', 'add', 'sum', 'maybe', 'remember'] as const;

describe('the reduction leaves out no outcome', { timeout: LONG ? 1_200_000 : 60_000 }, () => {
  it('of calls', async () => {
    const { compared, saved } = await compareMany({ kinds: CALLS, tasks: 3, most: 3 }, 60);
    assert.ok(compared > 10 && saved > 1000, 'next to nothing was reduced: this shows nothing');
  });

  it('of calls that fail, or are delivered twice', async () => {
    const faults = { before: 1, after: 1, duplicate: 1 };
    assert.ok((await compareMany({ kinds: ['add', 'read', 'sum'], faults, most: 2 }, 40)).compared > 10);
  });

  it('of tasks that crash and start again', async () => {
    const kinds = [...CALLS, 'both'] as const;
    assert.ok((await compareMany({ kinds, faults: { crash: 1 }, most: 2 }, 40)).compared > 10);
  });

  it('of tasks that do two things at once', async () => {
    assert.ok((await compareMany({ kinds: [...CALLS, 'both', 'both'], most: 2 }, 40)).compared > 10);
  });

  it('of locks, which hand over within a step', async () => {
    assert.ok(
      (await compareMany({ kinds: ['lock', 'lock', 'read', 'remember'], most: 2 }, 40)).compared > 10,
    );
  });

  it('of timers: those that are slept on, race a call, call back, and are cancelled', async () => {
    const kinds = ['sleep', 'ring', 'race', 'remember', 'read', 'write'] as const;
    assert.ok((await compareMany({ kinds, most: 2 }, 100)).compared > 30);
  });

  it('of everything at once', async () => {
    const faults = { after: 1, crash: 1 };
    // A lock whose holder has crashed is never free again.
    const kinds = KINDS.filter((kind) => kind !== 'lock');
    assert.ok((await compareMany({ kinds: [...kinds, 'both'], faults, most: 2 }, 60)).compared > 10);
  });

  it.each([0, 1, 2])('of calls with at most %i preemptions', async (preemptions) => {
    const { compared } = await compareMany({ kinds: CALLS, tasks: 3, most: 2, options: { preemptions } }, 30);
    assert.ok(compared > 10);
  });

  it.each([0, 1, 2])('of anything with at most %i preemptions', async (preemptions) => {
    const { compared } = await compareMany(
      { kinds: [...KINDS, 'both'], most: 2, options: { preemptions } },
      30,
    );
    assert.ok(compared > 10);
  });
});
