import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { reads, writes } from '../../src/index.ts';
import { includes, racingPairs, reversed } from '../../src/search/reversals.ts';
import type { Made } from '../../src/strategy/happens-before.ts';
import { StepOrder } from '../../src/strategy/step-order.ts';

const FOOTPRINTS = [reads('a'), writes('a'), reads('b'), writes('b')];

const step = fc
  .record({ chain: fc.nat(2), footprint: fc.constantFrom(...FOOTPRINTS) })
  .map((given): Made => ({ ...given, due: undefined, madeIn: [] }));
const schedule = fc.array(step, { minLength: 2, maxLength: 10 });

/** Each racing pair of a schedule, with the order in which it is reversed. */
function eachReversal(
  check: (order: StepOrder, places: readonly number[], earlier: number, later: number) => void,
): void {
  fc.assert(
    fc.property(schedule, (steps) => {
      const order = new StepOrder(steps);
      for (const pair of racingPairs(order)) {
        check(order, reversed(order, pair), pair.earlier, pair.later);
      }
    }),
  );
}

describe('a reversal', () => {
  it('makes every step once', () => {
    eachReversal((order, places) => {
      assert.deepEqual(
        places.toSorted((a, b) => a - b),
        [...Array(order.length).keys()],
      );
    });
  });

  it('puts the later step straight before the earlier', () => {
    eachReversal((_, places, earlier, later) => {
      assert.equal(places.indexOf(later) + 1, places.indexOf(earlier));
    });
  });

  it('keeps the order that the code itself prescribes', () => {
    eachReversal((order, places) => {
      for (const [at, first] of places.entries()) {
        assert.ok(!places.slice(at + 1).some((then) => order.controls(then, first)));
      }
    });
  });

  it('brings along what the later step needs, in its order', () => {
    const steps: Made[] = [
      { chain: 0, footprint: reads('a'), due: undefined, madeIn: [] },
      { chain: 1, footprint: writes('b'), due: undefined, madeIn: [] },
      { chain: 2, footprint: writes('b'), due: undefined, madeIn: [] },
      { chain: 2, footprint: writes('a'), due: undefined, madeIn: [] },
    ];
    assert.deepEqual(reversed(new StepOrder(steps), { earlier: 0, later: 3 }), [1, 2, 3, 0]);
  });

  it('includes one that it cannot do without', () => {
    const on = (chain: number): Made => ({ chain, footprint: writes('a'), due: undefined, madeIn: [] });
    const order = new StepOrder([on(0), on(1), on(1)]);
    const [part, whole] = [
      { earlier: 0, later: 1 },
      { earlier: 0, later: 2 },
    ];
    assert.deepEqual([includes(order, whole, part), includes(order, part, whole)], [true, false]);
  });
});
