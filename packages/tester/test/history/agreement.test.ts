import assert from 'node:assert/strict';
import { checkLinearizability, keyValueMap, type Model, type Operation, register } from '@changeover/tester';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import {
  bagCalls,
  batches,
  coinCalls,
  counterCalls,
  histories,
  mapCalls,
  queueCalls,
  registerCalls,
} from './arbitraries.ts';
import { isLinearizable } from './brute-force.ts';
import { bag, coin, counter, queue, queueWithoutKey } from './models.ts';

const RUNS = 3_000;
/** Less than this of either verdict, and agreement would say little. */
const LEAST_SHARE = 0.1;

function agrees<State, Input, Output>(
  model: Model<State, Input, Output>,
  calls: fc.Arbitrary<{ readonly input: Input; readonly output: Output }>,
): void {
  const seen = { linearizable: 0, violation: 0, unknown: 0 };
  const agree = (operations: readonly Operation<Input, Output>[]) => {
    const { verdict } = checkLinearizability(model, operations);
    seen[verdict] += 1;
    assert.equal(verdict, isLinearizable(model, operations) ? 'linearizable' : 'violation');
  };
  fc.assert(fc.property(histories(calls), agree), { numRuns: RUNS });
  assert.ok(Math.min(seen.linearizable, seen.violation) > RUNS * LEAST_SHARE, JSON.stringify(seen));
}

describe('the checker decides as all orders tried one by one do, for', () => {
  test('a register', () => agrees(register<string>('a'), registerCalls));
  test('a map, key by key', () => agrees(keyValueMap(), mapCalls));
  test('a map with writes of two keys at once', () => agrees(keyValueMap(), fc.oneof(mapCalls, batches)));
  test('a counter', () => agrees(counter, counterCalls));
  test('a queue', () => agrees(queue, queueCalls));
  test('a queue whose states have no key', () => agrees(queueWithoutKey, queueCalls));
  test('a bag, which may give any of several', () => agrees(bag, bagCalls));
  test('a coin, whose side no answer tells', () => agrees(coin, coinCalls));
});
