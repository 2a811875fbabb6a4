import {
  checkLinearizability,
  keyValueMap,
  type Model,
  type Operation,
  register,
  renderWindow,
  reportWindow,
  smallestWindow,
} from '@changeover/tester';
import { describe, expect, test } from 'vitest';
import { counterCall, drawing, mapCall, registerCall } from './drawing.ts';
import { counter } from './models.ts';

function windowOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  budget?: number,
) {
  const window = smallestWindow(
    model,
    { operations, partition: undefined },
    budget === undefined ? {} : { budget },
  );
  if (!window) throw new Error('no window was found');
  return window;
}

const registerWindow = (...lines: readonly string[]) =>
  windowOf(register('a'), drawing(registerCall, ...lines));
const counterWindow = (...lines: readonly string[]) => windowOf(counter, drawing(counterCall, ...lines));

const ids = (operations: readonly { readonly id: number }[]) => operations.map(({ id }) => id);

describe('the window of a violation', () => {
  test('is one operation if no state that ever was explains it', () => {
    const window = registerWindow(
      'x: |- write b -| |- write c -|',
      'y:                                |- read z -|',
    );
    expect(ids(window.operations)).toEqual([2]);
    expect(window.states).toBe(3);
  });

  test('reaches back to what makes an old state impossible, and no further', () => {
    const window = registerWindow(
      'x: |- write b -| |- write c -| |- write d -|',
      'y:                                              |- read c -|',
    );
    expect(ids(window.operations)).toEqual([2, 3]);
  });

  test('shows two updates of which one was lost', () => {
    const window = counterWindow(
      'x: |- increment 1 -|  |- increment 2 -|',
      'y:                     |- increment 2 ---|  |- read 3 -|',
    );
    expect(ids(window.operations)).toEqual([1, 2]);
    expect(window.culprit.id).toBe(2);
  });

  test('ends with the earliest response that nothing explains, whatever comes later', () => {
    const window = counterWindow('x: |- increment 1 -| |- increment 1 -| |- increment 9 -|');
    expect(window.culprit.id).toBe(1);
    expect(window.to).toBe(window.culprit.returnedAt);
  });

  test('knows what the operation could have given instead', () => {
    const window = registerWindow(
      'x: |- write b -|  |- write c ----------|',
      'y:                    |- read a -|',
    );
    expect(window.culprit.id).toBe(2);
    expect(new Set(window.expected)).toEqual(new Set(['b', 'c']));
  });

  test('does not expect what only later operations would explain', () => {
    const window = counterWindow('x: |- increment 1 -| |- read 0 -|  |- increment 2 -|');
    expect(window.expected).toEqual([1]);
  });

  test('comes with an order that explains all that returned before it ends', () => {
    const window = registerWindow(
      'x: |- write b ------------|',
      'y:  |- read a -| |- read b -|   |- read a -|',
    );
    expect(ids(window.prefix)).toEqual([1, 0, 2]);
  });

  test('holds an open operation that does not explain it either', () => {
    const window = registerWindow('x: |- write b', 'y:   |- write c -| |- read a -|');
    expect(ids(window.operations)).toEqual([0, 1, 2]);
    expect(new Set(window.expected)).toEqual(new Set(['b', 'c']));
  });

  test('begins where the history does if only the initial state contradicts it', () => {
    const window = counterWindow('x:      |- increment 3 -|', 'y: |- increment');
    // From 1, to which the open increment leads, both together would explain the 3.
    expect(ids(window.operations)).toEqual([0, 1]);
    expect(window.states).toBe(1);
  });

  test('is that of the partition', () => {
    const operations = drawing(
      mapCall,
      'x: |- put k a -| |- put l b -|',
      'y:                                |- get k b -|',
    );
    const result = checkLinearizability(keyValueMap(), operations);
    if (result.verdict !== 'violation') throw new Error('no violation');
    expect(smallestWindow(keyValueMap(), result)).toMatchObject({
      partition: 'k',
      expected: ['a'],
      complete: true,
    });
  });

  test('is not found in what is linearizable, or without a budget', () => {
    const fine = drawing(registerCall, 'x: |- write b -| |- read b -|');
    const bad = drawing(registerCall, 'x: |- write b -| |- read a -|');
    expect(smallestWindow(register('a'), { operations: fine, partition: undefined })).toBeUndefined();
    expect(
      smallestWindow(register('a'), { operations: bad, partition: undefined }, { budget: 1 }),
    ).toBeUndefined();
  });

  test('says that it may not be the smallest when the budget is spent', () => {
    const operations = drawing(counterCall, 'x: |- increment 1 -| |- increment 2 -| |- increment 2 -|');
    expect(windowOf(counter, operations)).toMatchObject({ complete: true });
    expect(windowOf(counter, operations, 5)).toMatchObject({
      complete: false,
      to: operations[2]!.returnedAt,
    });
  });

  test('is what an unlimited budget finds whenever it is called complete', () => {
    const operations = drawing(
      counterCall,
      'x: |- increment 1 -| |- increment 2 -| |- increment 2 -|',
      'y: |- increment',
    );
    const best = windowOf(counter, operations);
    let incomplete = 0;
    for (let budget = 1; budget < 200; budget += 1) {
      const found = smallestWindow(counter, { operations, partition: undefined }, { budget });
      if (found?.complete) expect(found).toEqual(best);
      else incomplete += 1;
    }
    expect(incomplete).toBeGreaterThan(10);
    expect(incomplete).toBeLessThan(190);
  });

  test('may be explained from a state that is undefined', () => {
    const write = (value: string | undefined) => ({
      input: { type: 'write' as const, value },
      output: undefined,
    });
    const calls = [write(undefined), write('b'), { input: { type: 'read' as const }, output: undefined }];
    const operations = calls.map((call, id) => ({ ...call, ...times(id) }));
    expect(ids(windowOf(register<string | undefined>('a'), operations).operations)).toEqual([1, 2]);
  });

  test('of a long history costs few searches of it', () => {
    const operations = Array.from({ length: 2_000 }, (_, id) => ({
      ...{ input: 'increment' as const, output: id === 1_500 ? 0 : id + 1 },
      ...times(id),
    }));
    const window = windowOf(counter, operations, 20_000);
    expect(window).toMatchObject({ complete: true, culprit: { id: 1_500 }, expected: [1_501] });
  });
});

/** One after another. */
function times(id: number) {
  return { id, task: 'x', error: undefined, invokedAt: 2 * id, returnedAt: 2 * id + 1 };
}

describe('the report of a window', () => {
  const window = windowOf(
    register('a'),
    drawing(
      registerCall,
      'writer: |- write b -| |- write c -|',
      'other:                |- write d',
      'reader:                               |- read b -|',
    ),
  );

  test('is a few lines for a person', () => {
    expect(`\n${renderWindow(window)}\n`).toMatchInlineSnapshot(`
      "
      not linearizable: reader: { type: 'read' } gave 'b', expected 'c' or 'd'
      events 22 to 49 have no order that explains them from any of the 4 states that can come before:
         #1  22–34  writer  { type: 'write', value: 'c' } → undefined
      ~  #2  22–    other   { type: 'write', value: 'd' } → never returned
      ✗  #3  38–49  reader  { type: 'read' } → 'b'
      ~ was under way at either end: it may have had any effect, or none
      what comes before 49 is explained by the order #0 #1
      "
    `);
  });

  test('is careful with what it does not know', () => {
    const operations = drawing(counterCall, 'x: |- increment 1 -| |- increment 2 -| |- increment 2 -|');
    const text = renderWindow(windowOf(counter, operations, 5));
    expect(text).toContain('expected something else');
    expect(text).toContain('the budget was spent');
  });

  test('shows the last twenty operations of a long window', () => {
    const reads = Array.from({ length: 30 }, (_, i) => `t${i}: |- read 0 --|`);
    const text = renderWindow(counterWindow(...reads, 'x:  |- read 7 -|'));
    expect(text).toContain('… 11 more operations');
    expect(text.split('\n').filter((line) => line.includes('read'))).toHaveLength(21);
  });

  test('survives JSON, whatever the values are', () => {
    const report = reportWindow(
      windowOf(register(1n), [{ input: { type: 'read' }, output: 2n, ...times(0) }]),
    );
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(report).toMatchObject({ culprit: { output: '2n' }, expected: ['1n'] });
  });
});
