import { History } from '@changeover/tester';
import { describe, expect, test } from 'vitest';

describe('a history', () => {
  test('numbers events in the order in which they happen', () => {
    const history = new History<string, string>();
    const first = history.invoke('a', 'x');
    const second = history.invoke('b', 'y');
    second.returned('2');
    first.returned('1');
    expect(history.operations()).toMatchObject([
      { id: 0, task: 'a', input: 'x', output: '1', invokedAt: 0, returnedAt: 3 },
      { id: 1, task: 'b', input: 'y', output: '2', invokedAt: 1, returnedAt: 2 },
    ]);
  });

  test('leaves out what failed with no effect', () => {
    const history = new History<string, string>();
    history.invoke('a', 'x').failed(new Error('refused'), 'none');
    history.invoke('a', 'y').returned('2');
    expect(history.operations().map(({ input }) => input)).toEqual(['y']);
  });

  test('keeps what failed with unknown effect open for ever, with its error', () => {
    const history = new History<string, string>();
    const error = new Error('reply lost');
    history.invoke('a', 'x').failed(error, 'unknown');
    expect(history.operations()).toMatchObject([{ returnedAt: undefined, error }]);
  });

  test('keeps what is under way open', () => {
    const history = new History<string, string>();
    history.invoke('a', 'x');
    expect(history.operations()).toMatchObject([{ returnedAt: undefined, error: undefined }]);
  });

  test('takes one end of an operation, not two', () => {
    const history = new History<string, string>();
    const invocation = history.invoke('a', 'x');
    invocation.returned('1');
    expect(() => invocation.failed(new Error('late'), 'none')).toThrow(
      'operation 0 of task a has already ended',
    );
    expect(history.operations()).toHaveLength(1);
  });
});
