import { ControlError } from 'changeover/control';
import { OperationalError } from 'changeover/std';
import { TableError } from 'changeover/table';
import { describe, expect, test } from 'vitest';
import { failureOf, formatFailure } from '../../src/failure.ts';

const table = (code: TableError['code']) => new TableError(code, 'm', { effect: 'none', hint: 'h' });

describe('how an error ends a run', () => {
  test.each([
    [table('TABLE_FILTER_INVALID'), 2],
    [table('TABLE_NOT_A_STORE'), 2],
    [table('TABLE_MAPPING_REQUIRED'), 2],
    [table('TABLE_THROTTLED'), 4],
    [table('TABLE_FULL'), 4],
    [table('TABLE_READ_ONLY'), 6],
    [table('TABLE_PERMISSION_DENIED'), 6],
    [new ControlError('CONTROL_NOT_A_STORE', 'm', { effect: 'none' }), 2],
    [new ControlError('CONTROL_LEASE_LOST', 'm', { effect: 'none' }), 4],
    [new ControlError('CONTROL_READ_ONLY', 'm', { effect: 'none' }), 6],
    [new OperationalError('SOMETHING_NEW', 'm', { effect: 'none' }), 1],
    [new OperationalError('toString', 'm', { effect: 'none' }), 1],
    [table('TABLE_CLOSED'), 1],
    [new TypeError('undefined is not a function'), 1],
    ['thrown text', 1],
  ])('%s is exit %i', (error, exit) => {
    expect(failureOf(error).exit).toBe(exit);
  });

  test('a defect asks to be reported', () => {
    expect(failureOf(new TypeError('oh')).hint).toContain('please report it');
  });

  test('is told in two lines', () => {
    expect(formatFailure(failureOf(table('TABLE_FULL')))).toBe('error: m (TABLE_FULL)\nhint: h\n');
  });

  test('is told with every cause if debugged', () => {
    const error = new Error('outer', { cause: new Error('inner') });
    const text = formatFailure(failureOf(error), error);
    expect([text.includes('Error: outer\n    at '), text.includes('Error: inner\n    at ')]).toEqual([
      true,
      true,
    ]);
  });
});
