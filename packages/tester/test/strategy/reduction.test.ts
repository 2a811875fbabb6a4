import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { below, type Random, seededRandom } from '../../src/engine/random.ts';
import { type ProveOptions, prove } from '../../src/index.ts';
import { KINDS, type Op, type RandomOptions, randomOp, randomOperations } from './random-operations.ts';

const LONG = process.env.CHANGEOVER_TEST_LONG !== undefined;

/** Random programs of these kinds of operations. */
interface Programs extends RandomOptions {
  readonly kinds: readonly Op['kind'][];
  readonly tasks?: number;
  /** Operations of a task, at most. */
  readonly most: number;
  readonly options?: ProveOptions;
}

/** Programs with more schedules than this are left out: there are enough others. */
const MOST = 3_000;

/**
 * Compares all that random programs, one for each seed, can come to, by every schedule and by the reduced search. Gives
 * how many were compared, and how many schedules the reduction saved.
 */
async function compareMany(programs: Programs, seeds: number): Promise<{ compared: number; saved: number }> {
  let [compared, saved] = [0, 0];
  for (let seed = 0; seed < (LONG ? seeds * 20 : seeds); seed++) {
    const tasks = randomTasks(seededRandom(seed), programs);
    const every = await outcomesOf(tasks, programs, { reduction: false, schedules: MOST });
    if (!every.complete) continue;
    const reduced = await outcomesOf(tasks, programs, {});
    assert.ok(reduced.complete);
    assert.deepEqual(reduced.outcomes, every.outcomes, JSON.stringify([tasks, programs]));
    compared++;
    saved += every.schedules - reduced.schedules;
  }
  return { compared, saved };
}

async function outcomesOf(
  tasks: readonly (readonly Op[])[],
  { options, ...how }: Programs,
  more: ProveOptions,
) {
  const outcomes = new Set<string>();
  const report = await prove(randomOperations(tasks, how, outcomes), { ...options, ...more });
  assert.ok(report.passed, report.toString());
  return { outcomes: [...outcomes].toSorted(), complete: report.complete, schedules: report.schedules };
}

function randomTasks(random: Random, { kinds, tasks = 2, most }: Programs): Op[][] {
  return Array.from({ length: tasks }, () =>
    Array.from({ length: 1 + below(random, most) }, () => randomOp(random, kinds)),
  );
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

  it('of a daemon, which may be cut off anywhere', async () => {
    const kinds = [...CALLS, 'sleep', 'ring', 'both'] as const;
    assert.ok((await compareMany({ kinds, most: 2, daemon: true }, 60)).compared > 10);
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
