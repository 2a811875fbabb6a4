import {
  checkLinearizability,
  type KeyValueInput,
  keyValueMap,
  type Operation,
  type RegisterInput,
  register,
} from '@changeover/tester';
import { describe, expect, test } from 'vitest';
import { drawing, mapCall, registerCall } from './drawing.ts';
import { coin, counter } from './models.ts';
import { drawFrom, simulate } from './workload.ts';

function registerVerdict(...lines: readonly string[]): string {
  return checkLinearizability(register('a'), drawing(registerCall, ...lines)).verdict;
}

function mapResult(...lines: readonly string[]) {
  return checkLinearizability(keyValueMap(), drawing(mapCall, ...lines));
}

describe('linearizability', () => {
  test('keeps the order of operations that do not overlap', () => {
    expect(registerVerdict('x: |- write b -|', 'y:                |- read a -|')).toBe('violation');
  });

  test('lets operations that overlap happen in either order', () => {
    expect(registerVerdict('x: |- write b -----|', 'y:   |- read a -|')).toBe('linearizable');
    expect(registerVerdict('x: |- write b -----|', 'y:   |- read b -|')).toBe('linearizable');
  });

  test('lets operations overlap that end and begin at the same event', () => {
    expect(registerVerdict('x: |- write b -|', 'y:             |- read a -|')).toBe('linearizable');
  });

  test('does not let one that overlaps be seen and unseen again', () => {
    expect(registerVerdict('x: |- write b ---------------|', 'y:  |- read b -|  |- read a -|')).toBe(
      'violation',
    );
  });

  test('lets an open operation happen long after its invocation', () => {
    expect(registerVerdict('x: |- write b', 'y:   |- read a -|  |- read b -|')).toBe('linearizable');
  });

  test('lets an open operation never happen', () => {
    expect(registerVerdict('x: |- write b', 'y:   |- read a -|  |- read a -|')).toBe('linearizable');
  });

  test('does not let an open operation happen before its invocation', () => {
    expect(registerVerdict('x:               |- write b', 'y: |- read b -|')).toBe('violation');
  });

  test('does not let an open operation happen twice', () => {
    const open = ['x: |- write b', 'z: |- write c'];
    expect(registerVerdict(...open, 'y:  |- read b -| |- read c -| |- read b -|')).toBe('violation');
  });

  test('tells the same set of operations in another order apart by the state it leads to', () => {
    const writers = ['x: |- write b -|', 'y: |- write c -|'];
    expect(registerVerdict(...writers, 'z:                |- read b -|')).toBe('linearizable');
    expect(registerVerdict(...writers, 'z:                |- read c -|')).toBe('linearizable');
  });

  test('tries every outcome that a model leaves open', () => {
    const look = (output: boolean, at: number) => operation(at + 1, 'look' as const, output, at);
    const toss = operation(0, 'toss' as const, undefined, 0);
    expect(checkLinearizability(coin, [toss, look(true, 2)]).verdict).toBe('linearizable');
    expect(checkLinearizability(coin, [toss, look(false, 2)]).verdict).toBe('linearizable');
    expect(checkLinearizability(coin, [toss, look(true, 2), look(false, 4)]).verdict).toBe('violation');
  });

  test('takes operations in any order', () => {
    const operations = drawing(registerCall, 'x: |- write b -|', 'y:                |- read a -|');
    expect(checkLinearizability(register('a'), operations.toReversed()).verdict).toBe('violation');
  });

  test('tells positive from negative zero, as outputs and as states', () => {
    const zero = register<number>(0);
    const negate = operation(0, { type: 'write' as const, value: -0 }, undefined, 0);
    const reads = (output: number) => operation(1, { type: 'read' as const }, output, 2);
    expect(checkLinearizability(zero, [negate, reads(-0)]).verdict).toBe('linearizable');
    expect(checkLinearizability(zero, [{ ...negate, returnedAt: undefined }, reads(-0)]).verdict).toBe(
      'linearizable',
    );
    expect(checkLinearizability(zero, [negate, reads(0)]).verdict).toBe('violation');
  });

  test('tells them apart where two orders of the same operations lead to them', () => {
    const writes = (id: number, value: number) => ({
      ...operation(id, { type: 'write' as const, value }, undefined, id),
      returnedAt: 5,
    });
    const reads = (output: number) => operation(2, { type: 'read' as const }, output, 6);
    const both = [writes(0, 0), writes(1, -0)];
    expect(checkLinearizability(register<number>(1), [...both, reads(0)]).verdict).toBe('linearizable');
    expect(checkLinearizability(register<number>(1), [...both, reads(-0)]).verdict).toBe('linearizable');
  });

  test('says so if what the model calls read-only changes the state', () => {
    const lying = { ...counter, readOnly: () => true };
    expect(() => checkLinearizability(lying, [operation(4, 'increment' as const, 1, 0)])).toThrow(
      'the model calls operation 4 read-only, and its step changes the state',
    );
  });

  test('refuses an operation that returns before it was invoked', () => {
    const backwards = { ...operation(3, 'read' as const, 0, 5), returnedAt: 4 };
    expect(() => checkLinearizability(counter, [backwards])).toThrow(
      new RangeError('operation 3 of task x returns at event 4, before its invocation at 5'),
    );
  });
});

describe('partitions', () => {
  test('are checked apart, and the violation names its own', () => {
    expect(
      mapResult('x: |- put k a -| |- put l b -|', 'y:                                |- get k b -|'),
    ).toMatchObject({
      verdict: 'violation',
      partition: 'k',
      operations: [{ input: { type: 'put' } }, { input: { type: 'get' } }],
    });
  });

  test('are one if an operation spans several', () => {
    const reader = 'y:  |- get k b -| |- get l b -|';
    expect(mapResult('x: |- putAll k l b -----------------|', reader).verdict).toBe('linearizable');
    // Key by key this would pass: only together do the reads show half of a batch.
    const half = 'y:  |- get k b -| |- get l -|';
    expect(mapResult('x: |- putAll k l b -----------------|', half)).toMatchObject({
      verdict: 'violation',
      partition: undefined,
    });
  });
});

describe('the budget', () => {
  const hard = corrupted(registerHistory(20, 40));

  test('gives unknown when it is spent, and says on what', () => {
    expect(checkLinearizability(register(0), hard, { budget: 2_000 })).toMatchObject({
      verdict: 'unknown',
      steps: 2_000,
      partition: undefined,
      operations: hard,
    });
  });

  test('is never overdrawn, and never makes a violation linearizable', () => {
    const operations = corrupted(registerHistory(4, 5));
    const { steps } = checkLinearizability(register(0), operations);
    for (let budget = 0; budget <= steps; budget += 1) {
      const result = checkLinearizability(register(0), operations, { budget });
      expect(result.steps).toBeLessThanOrEqual(budget);
      expect(result.verdict).toBe(budget < steps ? 'unknown' : 'violation');
    }
  });

  test('is shared, so that a hard partition does not hide a violation in another', () => {
    const cells = {
      ...register<number>(0),
      partition: (input: object) => ('cell' in input ? 'easy' : 'hard'),
    };
    const easy = operation(hard.length, { type: 'read' as const, cell: 'easy' }, 7, 1_000_000);
    const result = checkLinearizability(cells, [...hard, easy], { budget: 2_000 });
    expect(result).toMatchObject({ verdict: 'violation', partition: 'easy' });
    expect(result.steps).toBeLessThanOrEqual(2_000);
  });
});

describe('long histories', () => {
  test('of 12,000 operations on 50 keys are decided', () => {
    const operations = mapHistory(10, 1_200, 50);
    expect(operations).toHaveLength(12_000);
    expect(checkLinearizability(keyValueMap(), operations).verdict).toBe('linearizable');
  });

  test('of 12,000 operations on 50 keys are refuted by one wrong answer', () => {
    const operations = mapHistory(10, 1_200, 50);
    const wrong = operations.findLast(({ input }) => input.type === 'get')!;
    const result = checkLinearizability(
      keyValueMap(),
      operations.with(wrong.id, { ...wrong, output: 'never written' }),
    );
    expect(result).toMatchObject({
      verdict: 'violation',
      partition: 'key' in wrong.input ? wrong.input.key : '',
    });
  });

  test('of 1,000 operations of 10 clients on one cell are decided either way', () => {
    const operations = registerHistory(10, 100);
    expect(checkLinearizability(register(0), operations).verdict).toBe('linearizable');
    expect(checkLinearizability(register(0), corrupted(operations)).verdict).toBe('violation');
  });

  test('of 40 clients that read at once are decided, as reads change nothing', () => {
    const reads = Array.from({ length: 40 }, (_, i) => ({
      ...operation(i, 'read' as const, 0, i),
      returnedAt: 99,
    }));
    const wrong = { ...operation(40, 'read' as const, 1, 40), returnedAt: 99 };
    const { verdict, steps } = checkLinearizability(counter, [...reads, wrong]);
    expect(verdict).toBe('violation');
    expect(steps).toBeLessThan(100);
  });

  test('take fewer steps the more is known to be read-only', () => {
    const { readOnly: _, ...blind } = register<number>(0);
    const operations = corrupted(registerHistory(8, 50));
    const { steps } = checkLinearizability(register(0), operations);
    expect(steps * 3).toBeLessThan(checkLinearizability(blind, operations).steps);
  });

  test('of 200,000 operations one after another need no stack', () => {
    const operations = Array.from({ length: 200_000 }, (_, i) =>
      operation(i, 'increment' as const, i + 1, 2 * i),
    );
    expect(checkLinearizability(counter, operations).verdict).toBe('linearizable');
  });
});

function operation<Input, Output>(
  id: number,
  input: Input,
  output: Output,
  at: number,
): Operation<Input, Output> {
  return { id, task: 'x', input, output, error: undefined, invokedAt: at, returnedAt: at + 1 };
}

function registerHistory(clients: number, each: number) {
  const draw = drawFrom(7);
  return simulate(register<number>(0), { clients, each, draw }, (): RegisterInput<number> => {
    const dice = draw(10);
    if (dice < 4) return { type: 'read' };
    if (dice < 8) return { type: 'write', value: draw(5) };
    return { type: 'compareAndSet', expected: draw(5), value: draw(5) };
  });
}

function mapHistory(clients: number, each: number, keys: number) {
  const draw = drawFrom(11);
  return simulate(keyValueMap(), { clients, each, draw }, (): KeyValueInput => {
    const key = `k${draw(keys)}`;
    const dice = draw(10);
    if (dice < 5) return { type: 'get', key };
    return dice < 9 ? { type: 'put', key, value: `v${draw(5)}` } : { type: 'delete', key };
  });
}

/** The same history, but that the last read gives what nobody wrote. */
function corrupted(operations: ReturnType<typeof registerHistory>): typeof operations {
  const wrong = operations.findLast(({ input }) => input.type === 'read')!;
  return operations.with(wrong.id, { ...wrong, output: -1 });
}
