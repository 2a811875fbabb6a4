import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { below, seededRandom } from '../../src/engine/random.ts';
import { type ProveOptions, prove, type Report, type Scenario, type Scope, writes } from '../../src/index.ts';
import { KINDS, type Op, randomOp, randomOperations } from './random-operations.ts';

const ORDER = { order: 'preemptions' } as const;

interface World {
  readonly scope: Scope;
  made: string;
}

/** Two tasks of four steps; it is wrong if they come in such an order. */
function ordered<Program = undefined>(isWrong: (made: string) => boolean): Scenario<World, Program> {
  const steps = (world: World, name: string) => async () => {
    for (let step = 1; step <= 4; step++) {
      await world.scope.point(`${name}${step}`, writes('x'), () => void (world.made += name));
    }
  };
  return {
    name: 'ordered',
    setup: (scope) => ({ scope, made: '' }),
    tasks: (world) => ({ a: steps(world, 'a'), b: steps(world, 'b') }),
    atEnd: ({ made }) => assert.ok(!isWrong(made), 'it is wrong'),
  };
}

/** The first of these takes three preemptions, and is come upon early; the other takes two. */
const takesTwo = ordered((made) => /^aabab|^bbaab/.test(made));

function preemptionsOf({ found }: Report): number {
  const tasks = found?.trace.map(({ task }) => task) ?? assert.fail('nothing was found');
  const isOver = (at: number) => !tasks.slice(at).includes(tasks[at - 1] as string);
  return tasks.filter((task, at) => at > 0 && task !== tasks[at - 1] && !isOver(at)).length;
}

describe('a search by preemptions', () => {
  it('finds what takes two of them with two, where the usual order comes upon more', async () => {
    const usual = await prove(takesTwo, { shrink: 0 });
    const fewest = await prove(takesTwo, { ...ORDER, shrink: 0 });
    assert.equal(preemptionsOf(fewest), 2);
    assert.equal(fewest.found?.preemptions, 2);
    assert.ok(preemptionsOf(usual) > 2, `${preemptionsOf(usual)}`);
  });

  it('says that none fails with fewer', async () => {
    const text = (await prove(takesTwo, ORDER)).toString();
    assert.match(text, /needs 2 preemptions: none fails with fewer/);
    assert.equal((await prove(takesTwo, { preemptions: 1 })).passed, true);
  });

  it('hands back what needs none without any', async () => {
    const quick: Scenario<World> = {
      ...ordered((made) => made.endsWith('aaaabbbb')),
      always: { 'it is not begun twice': ({ made }) => !made.startsWith('abab') },
    };
    const report = await prove(quick, ORDER);
    assert.equal(report.found?.preemptions, 0);
    assert.equal(preemptionsOf(report), 0);
  });

  it('shrinks to no smaller program that takes more', async () => {
    const isWhole = (made: string) => /^(a+b+|b+a+)$/.test(made);
    const either: Scenario<World, number> = {
      ...ordered<number>(() => false),
      program: (draw) => draw.int(2),
      atEnd: ({ made }, always) => assert.ok(!always && isWhole(made), 'it is wrong'),
    };
    const report = await prove(either, ORDER);
    assert.deepEqual([report.found?.program, preemptionsOf(report)], [1, 0]);
  });

  it('is complete when a bound has cut off nothing, and counts every schedule that it ran', async () => {
    const right = ordered(() => false);
    const report = await prove(right, { ...ORDER, reduction: false });
    assert.ok(report.complete);
    // With at most 0, 1, … 6 preemptions of two tasks with four steps; each round includes those before it.
    assert.equal(report.schedules, 2 + 8 + 26 + 44 + 62 + 68 + 70);
  });

  it('says within how many it passed if it was cut short', async () => {
    const report = await prove(
      ordered(() => false),
      { ...ORDER, reduction: false, schedules: 40 },
    );
    assert.equal(report.complete, false);
    assert.match(report.toString(), /none fails with at most 2 preemptions/);
  });

  it('comes to the same outcomes as without the order, and is complete', { timeout: 180_000 }, async () => {
    let compared = 0;
    for (let seed = 0; seed < 40; seed++) {
      const random = seededRandom(seed);
      const kinds = [...KINDS, 'both'] as const;
      const tasks = [0, 1].map(() =>
        Array.from({ length: 1 + below(random, 2) }, () => randomOp(random, kinds)),
      );
      const usual = await outcomesOf(tasks, {});
      if (usual.report.schedules > 500) continue;
      const byBounds = await outcomesOf(tasks, ORDER);
      assert.deepEqual(byBounds.outcomes, usual.outcomes, JSON.stringify(tasks));
      assert.ok(usual.report.complete && byBounds.report.complete);
      compared++;
    }
    assert.ok(compared > 20, `${compared}`);
  });
});

async function outcomesOf(
  tasks: readonly (readonly Op[])[],
  options: ProveOptions,
): Promise<{ outcomes: string[]; report: Report }> {
  const outcomes = new Set<string>();
  const report = await prove(randomOperations(tasks, {}, outcomes), options);
  report.assertPassed();
  return { outcomes: [...outcomes].toSorted(), report };
}
