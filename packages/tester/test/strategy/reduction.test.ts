import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { below, type Random, seededRandom } from '../../src/engine/random.ts';
import { type ProveOptions, prove } from '../../src/index.ts';
import { KINDS, type Op, type RandomOptions, randomOp, randomOperations } from './random-operations.ts';

const LONG = process.env.CHANGEOVER_TEST_LONG !== undefined;

/** Random programs of these kinds of operations. */
interface Programs extends RandomOptions {
  readonly kinds: readonly Op['kind'][];
  /** Those of branches, if not the same. */
  readonly branching?: readonly Op['kind'][];
  readonly tasks?: number;
  /** Operations of a task, at most. */
  readonly most: number;
  /** Whether the last task gives every signal in the end, and waits for none. */
  readonly signals?: boolean;
  readonly options?: ProveOptions;
  /** In what the unreduced search is different, although it must come to the same. */
  readonly heldTo?: RandomOptions;
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
    const every = await outcomesOf(
      tasks,
      { ...programs, ...programs.heldTo },
      { reduction: false, schedules: MOST },
    );
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

function randomTasks(random: Random, { kinds, branching, tasks = 2, most, signals }: Programs): Op[][] {
  const made = Array.from({ length: tasks }, (_, task) => {
    const own = signals && task === tasks - 1 ? kinds.filter((kind) => kind !== 'wait') : kinds;
    return Array.from({ length: 1 + below(random, most) }, () => randomOp(random, own, branching));
  });
  if (signals) for (const cell of [0, 1]) made.at(-1)?.push({ kind: 'signal', cell, branches: [] });
  return made;
}

const CALLS = ['read', 'write', 'add', 'claim', 'attempt', 'sum', 'maybe', 'remember'] as const;

describe('the reduction leaves out no outcome', { timeout: LONG ? 1_200_000 : 180_000 }, () => {
  it('of calls', async () => {
    const { compared, saved } = await compareMany({ kinds: CALLS, tasks: 3, most: 3 }, 60);
    assert.ok(compared > 10 && saved > 1000, 'next to nothing was reduced: this shows nothing');
  });

  it('of calls that fail, or are delivered twice', async () => {
    const faults = { before: 1, after: 1, duplicate: 1 };
    assert.ok(
      (await compareMany({ kinds: ['add', 'claim', 'read', 'sum'], faults, most: 2 }, 40)).compared > 10,
    );
  });

  it('of tasks that crash and start again', async () => {
    const kinds = [...CALLS, 'both'] as const;
    assert.ok((await compareMany({ kinds, faults: { crash: 1 }, most: 2 }, 40)).compared > 10);
  });

  it('of writes that are refused, and of calls that are lost, beside a crash', async () => {
    const faults = { before: 1, crash: 1 };
    const kinds = ['claim', 'attempt', 'read', 'remember'] as const;
    const { compared, saved } = await compareMany({ kinds, faults, most: 2, tasks: 3 }, 40);
    assert.ok(compared > 10 && saved > 1000, 'next to nothing was reduced: this shows nothing');
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

const FORKS = ['both', 'gather', 'decide'] as const;
const ONE_CALL = [...CALLS, 'relate'] as const;
const GATHER: Op = {
  kind: 'gather',
  cell: 0,
  branches: (['add', 'read'] as const).map((kind, cell) => ({ kind, cell, branches: [] })),
};

/** The tasks say that they join their branches, and are held to every schedule of such as do not say so. */
const JOINING = { joins: true, heldTo: { joins: false }, most: 2, again: GATHER } as const;

const op = (kind: Op['kind'], cell: number, branches: readonly Op[] = []): Op => ({ kind, cell, branches });

/** What came of searches that took the order of answers for a matter of indifference, whatever is behind the join. */
const BETWEEN: Record<string, Op[][]> = {
  'sees one answer, and touches what is behind': [
    [op('gather', 0, [op('read', 1), op('write', 0)])],
    [op('relate', 0)],
  ],
  'comes behind what one branch touches, and before what all do': [
    [op('gather', 0, [op('read', 1), op('remember', 0)]), op('both', 0, [op('remember', 0), op('read', 1)])],
    [op('sum', 0), op('remember', 0)],
  ],
};

describe('between the answers of branches that are joined', () => {
  it.each(Object.keys(BETWEEN))('another %s', async (what) => {
    const tasks = BETWEEN[what] as Op[][];
    const every = await outcomesOf(tasks, { kinds: [], most: 0 }, { reduction: false });
    const joined = await outcomesOf(tasks, { kinds: [], most: 0, joins: true }, {});
    assert.deepEqual(joined.outcomes, every.outcomes);
  });
});

describe('that branches are joined leaves out no outcome', { timeout: LONG ? 2_400_000 : 180_000 }, () => {
  it('of forks of two and three calls, one after the other and with single calls in between', async () => {
    const { compared, saved } = await compareMany({ ...JOINING, kinds: [...FORKS, ...ONE_CALL] }, 60);
    assert.ok(compared > 30 && saved > 2000, 'next to nothing was reduced: this shows nothing');
  });

  it('of what is touched behind the join, which others see between the answers', async () => {
    const branching = ['read', 'relate', 'remember', 'write'] as const;
    const { compared } = await compareMany({ ...JOINING, kinds: [...FORKS, 'relate'], branching }, 40);
    assert.ok(compared > 20);
  });

  it('of three tasks that fork', async () => {
    const kinds = [...FORKS, 'relate', 'read', 'write'] as const;
    const { compared } = await compareMany({ ...JOINING, kinds, branching: ['read', 'write'], tasks: 3 }, 40);
    assert.ok(compared > 10);
  });

  it('of forks that a crash cuts short, and of the fork that begins again', async () => {
    const faults = { crash: 1 };
    const { compared } = await compareMany({ ...JOINING, kinds: [...FORKS, ...ONE_CALL], faults }, 40);
    assert.ok(compared > 20);
  });

  it('of branches that fail, or are delivered twice', async () => {
    const faults = { after: 1, duplicate: 1 };
    const { compared } = await compareMany(
      { ...JOINING, kinds: [...FORKS, 'add', 'claim', 'relate'], faults },
      30,
    );
    assert.ok(compared > 10);
  });

  it('of a daemon, which may be cut off within a fork', async () => {
    const { compared } = await compareMany({ ...JOINING, kinds: [...FORKS, ...ONE_CALL], daemon: true }, 60);
    assert.ok(compared > 30);
  });

  it('of forks with timers, beside timers that call back', async () => {
    const branching = ['sleep', 'read', 'write', 'relate'] as const;
    const kinds = [...FORKS, 'ring', 'sleep', 'relate'] as const;
    assert.ok((await compareMany({ ...JOINING, kinds, branching }, 60)).compared > 30);
  });

  it.each([{}, { crash: 1 }])('of tasks that others wake to fork, with the faults %j', async (faults) => {
    const branching = ['read', 'write', 'signal'] as const;
    const kinds = [...FORKS, 'wait', 'signal', 'relate', 'write'] as const;
    const { compared } = await compareMany({ ...JOINING, kinds, branching, faults, signals: true }, 30);
    assert.ok(compared > 10);
  });

  it.each([0, 1, 2])('with at most %i preemptions', async (preemptions) => {
    // Which branch goes on tells what is a preemption: those that are joined go on as one.
    const joining = { ...JOINING, heldTo: {}, options: { preemptions } };
    assert.ok((await compareMany({ ...joining, kinds: [...FORKS, ...ONE_CALL] }, 40)).compared > 20);
  });
});
