import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { explore, joined, reads, type Scenario, type Scope, writes } from '../../src/index.ts';
import { canonicalOrder } from '../../src/search/canonical-order.ts';
import type { Chronicled } from '../../src/strategy/chronicle.ts';
import { StepOrder } from '../../src/strategy/step-order.ts';

const FOOTPRINTS = [reads('a'), writes('a'), writes('b'), joined(reads('b'), writes('c')), reads('c')];

const step = fc.record({ task: fc.nat(2), footprint: fc.constantFrom(...FOOTPRINTS) }).map(
  ({ task, footprint }): Chronicled => ({
    task,
    footprint,
    chain: task,
    line: `t${task}`,
    due: undefined,
    madeIn: [],
    fault: undefined,
    choices: [],
  }),
);
const schedule = fc.array(step, { minLength: 1, maxLength: 7 });

function inCanonicalOrder(steps: readonly Chronicled[]): Chronicled[] {
  return canonicalOrder(steps, new StepOrder(steps)).map((at) => steps[at] as Chronicled);
}

/** All orders that are equivalent to this one. */
function equivalents(steps: readonly Chronicled[]): Chronicled[][] {
  const order = new StepOrder(steps);
  const go = (left: readonly number[]): number[][] =>
    left.length === 0
      ? [[]]
      : left
          .filter((at) => !left.some((other) => other < at && order.precedes(other, at)))
          .flatMap((at) => go(left.filter((other) => other !== at)).map((rest) => [at, ...rest]));
  return go([...steps.keys()]).map((places) => places.map((at) => steps[at] as Chronicled));
}

function switches(steps: readonly Chronicled[]): number {
  return steps.filter(({ task }, at) => at > 0 && steps[at - 1]?.task !== task).length;
}

describe('the canonical order', () => {
  it('is the same for all equivalent schedules', () => {
    fc.assert(
      fc.property(schedule, fc.nat(), (steps, which) => {
        const all = equivalents(steps);
        assert.deepEqual(inCanonicalOrder(all[which % all.length] ?? []), inCanonicalOrder(steps));
      }),
    );
  });

  it('switches tasks as seldom as any equivalent schedule', () => {
    fc.assert(
      fc.property(schedule, (steps) => {
        assert.equal(switches(inCanonicalOrder(steps)), Math.min(...equivalents(steps).map(switches)));
      }),
    );
  });

  it('is that of the schedule that a search hands back, whichever it has found', async () => {
    const apart: Scenario<{ scope: Scope; set: string[] }> = {
      name: 'apart',
      setup: (scope) => ({ scope, set: [] }),
      tasks: ({ scope, set }) => ({
        a: () => scope.point('a', reads('b', 'c'), () => assert.ok(set.length < 2, 'both are set')),
        b: () => scope.point('b', writes('b'), () => void set.push('b')),
        c: () => scope.point('c', writes('c'), () => void set.push('c')),
      }),
    };
    const tokens = new Set<string | undefined>();
    for (let seed = 1; seed <= 20; seed++) {
      tokens.add((await explore(apart, { seed, strategy: 'random' })).found?.token);
    }
    assert.equal(tokens.size, 1);
  });
});
