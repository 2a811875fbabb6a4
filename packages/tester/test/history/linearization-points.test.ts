import assert from 'node:assert/strict';
import {
  annotated,
  checkLinearizability,
  LinearizationError,
  type Model,
  register,
} from '@changeover/tester';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bagCalls, type Call, coinCalls, counterCalls, registerCalls } from './arbitraries.ts';
import { statesAfter } from './brute-force.ts';
import { bag, coin, counter } from './models.ts';

const read = { type: 'read' } as const;
const write = (value: string) => ({ type: 'write', value }) as const;

/** What the step throws. */
function failureOf(step: () => void): LinearizationError {
  try {
    step();
  } catch (error) {
    if (error instanceof LinearizationError) return error;
    throw error;
  }
  throw new Error('the step did not fail');
}

describe('annotated linearization points', () => {
  test('decide the order in which the model is followed', () => {
    const checker = annotated(register('a'));
    const writing = checker.invoke('x', write('b'));
    const reading = checker.invoke('y', read);
    expect(reading.linearize()).toEqual(['a']);
    expect(writing.linearize()).toEqual([undefined]);
    writing.returned(undefined);
    reading.returned('a');
    checker.finish();
    expect(checker.order).toEqual([1, 0]);
  });

  test('keep the history for a check that does not believe them', () => {
    const checker = annotated(register('a'));
    const writing = checker.invoke('x', write('b'));
    writing.linearize();
    writing.returned(undefined);
    const reading = checker.invoke('y', read);
    reading.linearize();
    expect(() => reading.returned('a')).toThrow(LinearizationError);
    expect(checkLinearizability(register('a'), checker.history.operations()).verdict).toBe('violation');
  });

  test('may come after a failure with unknown effect, or never', () => {
    const checker = annotated(register('a'));
    const late = checker.invoke('x', write('b'));
    late.failed(new Error('reply lost'), 'unknown');
    checker.invoke('x', write('c')).failed(new Error('reply lost'), 'unknown');
    late.linearize();
    const reading = checker.invoke('y', read);
    expect(reading.linearize()).toEqual(['b']);
  });

  test('may be missing where an operation failed with no effect, or is under way', () => {
    const checker = annotated(register('a'));
    checker.invoke('x', write('b')).failed(new Error('refused'), 'none');
    checker.invoke('x', write('c'));
    expect(checker.invoke('y', read).linearize()).toEqual(['a']);
    checker.finish();
  });

  test('leave what the model leaves open to the output', () => {
    const checker = annotated(bag);
    for (const item of ['a', 'b']) {
      const putting = checker.invoke('x', { put: item });
      putting.linearize();
      putting.returned(undefined);
    }
    const first = checker.invoke('x', 'take');
    const second = checker.invoke('y', 'take');
    expect(first.linearize()).toEqual(['a', 'b']);
    second.linearize();
    first.returned('b');
    expect(failureOf(() => second.returned('b')).message).toBe(`#3 y: 'take' gave 'b', expected 'a'`);
  });

  test('follow a model that leaves something open for as long as it takes', () => {
    const checker = annotated(coin);
    for (let i = 0; i < 200; i += 1) {
      const tossing = checker.invoke('x', 'toss');
      tossing.linearize();
      if (i % 2 === 0) tossing.returned(undefined);
      else tossing.failed(new Error('reply lost'), 'unknown');
    }
    expect(checker.invoke('x', 'look').linearize()).toEqual([true, false]);
  });

  test('owe nothing for what failed, whether before or after it took effect', () => {
    const die: Model<null, 'roll', number> = {
      init: () => null,
      step: () => [1, 2].map((output) => ({ state: null, output })),
      equal: Object.is,
    };
    const checker = annotated(die);
    // If each were still owed an output there would be 2⁴⁰ ways to go on.
    for (let i = 0; i < 40; i += 1) {
      const rolling = checker.invoke('x', 'roll');
      if (i % 2 === 0) rolling.linearize();
      rolling.failed(new Error('reply lost'), 'unknown');
      if (i % 2 === 1) rolling.linearize();
    }
    expect(checker.invoke('x', 'roll').linearize()).toEqual([1, 2]);
  });
});

describe('an annotated operation fails at once that', () => {
  test('returns something else than the model gave', () => {
    const checker = annotated(register('a'));
    const reading = checker.invoke('x', read);
    reading.linearize();
    expect(failureOf(() => reading.returned('b'))).toMatchObject({
      failure: 'wrong-output',
      operation: 0,
      message: `#0 x: { type: 'read' } gave 'b', expected 'a'`,
    });
  });

  test('returns without having taken effect', () => {
    const reading = annotated(register('a')).invoke('x', read);
    expect(failureOf(() => reading.returned('a')).failure).toBe('never-linearized');
  });

  test('takes effect twice', () => {
    const writing = annotated(register('a')).invoke('x', write('b'));
    writing.linearize();
    expect(failureOf(() => writing.linearize()).failure).toBe('linearized-twice');
  });

  test('takes effect after it has returned', () => {
    const reading = annotated(register('a')).invoke('x', read);
    reading.linearize();
    reading.returned('a');
    expect(failureOf(() => reading.linearize()).failure).toBe('linearized-late');
  });

  test('takes effect after it has failed with none', () => {
    const writing = annotated(register('a')).invoke('x', write('b'));
    writing.failed(new Error('refused'), 'none');
    expect(failureOf(() => writing.linearize()).failure).toBe('linearized-late');
  });

  test('fails with no effect and had one', () => {
    const writing = annotated(register('a')).invoke('x', write('b'));
    writing.linearize();
    expect(failureOf(() => writing.failed(new Error('refused'), 'none')).failure).toBe('failed-with-effect');
  });

  test('takes effect where the model does not allow it', () => {
    const taking = annotated(bag).invoke('x', 'take');
    expect(failureOf(() => taking.linearize()).failure).toBe('impossible');
  });

  test('even if the tested code catches the failure: the end throws the first again', () => {
    const checker = annotated(register('a'));
    const first = failureOf(() => checker.invoke('x', read).returned('a'));
    failureOf(() => checker.invoke('y', read).returned('b'));
    expect(checker.failure).toBe(first);
    expect(failureOf(() => checker.finish())).toBe(first);
  });
});

describe('annotated points decide as their order replayed does, for', () => {
  const RUNS = 2_000;

  test('a register', () => agrees(register<string>('a'), registerCalls));
  test('a counter', () => agrees(counter, counterCalls));
  test('a bag, which may give any of several', () => agrees(bag, bagCalls));
  test('a coin, whose side no answer tells', () => agrees(coin, coinCalls));

  function agrees<State, Input, Output>(
    model: Model<State, Input, Output>,
    calls: fc.Arbitrary<Call<Input, Output>>,
  ): void {
    let passed = 0;
    const annotatedCalls = fc.array(
      fc.record({
        call: calls,
        point: fc.nat(9),
        length: fc.nat(9),
        fails: fc.nat(4).map((die) => die === 4),
      }),
      { minLength: 1, maxLength: 4 },
    );
    const agree = (drawn: readonly AnnotatedCall<Input, Output>[]) => {
      const inOrder = drawn.toSorted((a, b) => a.point - b.point);
      const order = inOrder.map(({ call, fails }, id) => ({
        id,
        task: 'x',
        input: call.input,
        output: call.output,
        error: undefined,
        invokedAt: 0,
        returnedAt: fails ? undefined : 1,
      }));
      const allowed = statesAfter(model, order, model.init()).length > 0;
      if (allowed) passed += 1;
      assert.equal(run(model, inOrder), allowed);
    };
    fc.assert(fc.property(annotatedCalls, agree), { numRuns: RUNS });
    assert.ok(passed > RUNS / 10 && passed < RUNS, `${passed} of ${RUNS} passed`);
  }
});

interface AnnotatedCall<Input, Output> {
  readonly call: Call<Input, Output>;
  readonly point: number;
  readonly length: number;
  readonly fails: boolean;
}

/** Lets the calls take effect in their order, and end some time later. Whether the checker had nothing to say. */
function run<State, Input, Output>(
  model: Model<State, Input, Output>,
  calls: readonly AnnotatedCall<Input, Output>[],
): boolean {
  const checker = annotated(model);
  const operations = calls.map(({ call }) => checker.invoke('x', call.input));
  const effects = calls.map(({ point }, i) => ({ at: point, happen: () => void operations[i]!.linearize() }));
  const ends = calls.map(({ call, point, length, fails }, i) => ({
    at: point + length,
    happen: () =>
      fails
        ? operations[i]!.failed(new Error('reply lost'), 'unknown')
        : operations[i]!.returned(call.output),
  }));
  try {
    for (const { happen } of [...effects, ...ends].toSorted((a, b) => a.at - b.at)) happen();
    checker.finish();
    return true;
  } catch (error) {
    if (error instanceof LinearizationError) return false;
    throw error;
  }
}
