import { describe, expect, test } from 'vitest';
import { pairsOf } from '../../src/move/select-tables.ts';

const NAMES = ['logs', 'orders', 'places'];

function select(choice: Parameters<typeof pairsOf>[2]) {
  return pairsOf(NAMES, 'app.db', choice).map(({ source, target }) => `${source}>${target}`);
}

describe('which tables are moved', () => {
  test('all, if nothing is said', () => {
    expect(select({})).toEqual(['logs>logs', 'orders>orders', 'places>places']);
  });

  test('those included and not excluded', () => {
    expect(select({ include: ['logs', 'orders'], exclude: ['logs'] })).toEqual(['orders>orders']);
  });

  test('under another name if renamed', () => {
    expect(select({ include: ['logs'], rename: ['logs=a=b'] })).toEqual(['logs>a=b']);
  });

  test('under each other’s names if swapped', () => {
    expect(select({ exclude: ['places'], rename: ['logs=orders', 'orders=logs'] })).toEqual([
      'logs>orders',
      'orders>logs',
    ]);
  });

  test.each([
    [{ include: ['Logs'] }, 'TABLE_NOT_FOUND', 'app.db has no table "Logs"'],
    [{ exclude: ['none'] }, 'TABLE_NOT_FOUND', 'app.db has no table "none"'],
    [{ rename: ['none=x'] }, 'TABLE_NOT_FOUND', 'app.db has no table "none"'],
    [{ rename: ['logs'] }, 'CLI_USAGE', '--rename "logs" is not of the form OLD=NEW'],
    [{ rename: ['=x'] }, 'CLI_USAGE', '--rename "=x" is not of the form OLD=NEW'],
    [{ rename: ['logs='] }, 'CLI_USAGE', '--rename "logs=" is not of the form OLD=NEW'],
    [{ rename: ['logs=a', 'logs=b'] }, 'CLI_USAGE', '--rename names "logs" twice'],
    [{ rename: ['logs=orders'] }, 'CLI_USAGE', 'the tables "logs" and "orders" would both become "orders"'],
    [{ exclude: NAMES }, 'CLI_USAGE', 'no table is left to move'],
  ])('%j is refused', (choice, code, message) => {
    expect(() => select(choice)).toThrow(
      expect.objectContaining({ code, message, hint: expect.any(String) }),
    );
  });

  test('a source without tables of ours says how to name another', () => {
    expect(() => pairsOf([], 'app.db', {})).toThrow(
      expect.objectContaining({ code: 'TABLE_NOT_FOUND', hint: expect.stringContaining('SOURCE#orders') }),
    );
  });
});
