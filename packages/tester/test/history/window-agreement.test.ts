import assert from 'node:assert/strict';
import {
  type Model,
  type Operation,
  register,
  smallestWindow,
  type ViolationWindow,
} from '@changeover/tester';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { counterCalls, histories, queueCalls, registerCalls } from './arbitraries.ts';
import { isLinearizable, reachableStates } from './brute-force.ts';
import { counter, queue } from './models.ts';

const RUNS = 500;

type Operations<Input, Output> = readonly Operation<Input, Output>[];
type Claim = <State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: Operations<Input, Output>,
  window: ViolationWindow<Input, Output>,
  outputs: readonly Output[],
) => void;

/** Checks the claim on the windows of random violations of several models. */
function onRandomViolations(claim: Claim): void {
  onViolationsOf(register<string>('a'), registerCalls, ['a', 'b', true, false, undefined]);
  onViolationsOf(counter, counterCalls, [0, 1, 2, 3, 4, 5]);
  onViolationsOf(queue, queueCalls, ['a', 'b', undefined]);

  function onViolationsOf<State, Input, Output>(
    model: Model<State, Input, Output>,
    calls: fc.Arbitrary<{ readonly input: Input; readonly output: Output }>,
    outputs: readonly Output[],
  ): void {
    let violations = 0;
    const holds = (operations: Operations<Input, Output>) => {
      const ordered = operations.toSorted((a, b) => a.invokedAt - b.invokedAt);
      const window = smallestWindow(model, { operations: ordered, partition: undefined });
      if (!window) return;
      violations += 1;
      claim(model, ordered, window, outputs);
    };
    fc.assert(fc.property(histories(calls, 4), holds), { numRuns: RUNS });
    assert.ok(violations > RUNS / 10, `${violations} violations`);
  }
}

describe('all orders tried one by one agree that', () => {
  test('a window ends with the earliest response that nothing explains', () =>
    onRandomViolations((model, operations, { to, culprit }) => {
      assert.equal(culprit.returnedAt, to);
      assert.equal(isLinearizable(model, between(operations, 0, to)), false);
      for (const { returnedAt } of operations) {
        if (returnedAt !== undefined && returnedAt < to) {
          assert.ok(isLinearizable(model, between(operations, 0, returnedAt)));
        }
      }
    }));

  test('a window begins as late as it contradicts every state', () =>
    onRandomViolations((model, operations, { from, to, states, culprit }) => {
      const reachable = reachableStates(model, between(operations, 0, to));
      const contradicts = (event: number) =>
        !reachable.some((state) => isLinearizable(model, between(operations, event, to), state));
      for (let event = from + 1; event <= culprit.invokedAt; event += 1) assert.ok(!contradicts(event));
      // A window from the initial state alone is the whole prefix.
      if (states === 1) assert.ok(contradicts(from) || from === operations[0]?.invokedAt);
      else assert.ok(contradicts(from));
    }));

  test('the expected outputs are those that would have been right', () =>
    onRandomViolations((model, operations, { to, culprit, expected }, outputs) => {
      const right = outputs.filter((output) =>
        isLinearizable(
          model,
          between(
            operations.map((each) => (each === culprit ? { ...each, output } : each)),
            0,
            to,
          ),
        ),
      );
      assert.deepEqual(new Set(expected), new Set(right));
    }));

  test('the order of the prefix explains it', () =>
    onRandomViolations((model, operations, { to, prefix }) => {
      const returned = operations.filter(({ returnedAt }) => returnedAt !== undefined && returnedAt < to);
      assert.ok(returned.every((each) => prefix.includes(each)));
      const inSequence = prefix.map((each, i) => ({
        ...each,
        invokedAt: 2 * i,
        returnedAt: returned.includes(each) ? 2 * i + 1 : undefined,
      }));
      assert.ok(isLinearizable(model, inSequence));
    }));
});

/** What goes on between two events, where what begins before or ends after is open. */
function between<Input, Output>(
  operations: Operations<Input, Output>,
  from: number,
  to: number,
): Operations<Input, Output> {
  return operations
    .filter(
      ({ invokedAt, returnedAt }) => invokedAt <= to && (returnedAt === undefined || returnedAt >= from),
    )
    .map((each) =>
      each.invokedAt < from || (each.returnedAt ?? 0) > to ? { ...each, returnedAt: undefined } : each,
    );
}
