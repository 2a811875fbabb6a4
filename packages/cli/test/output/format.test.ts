import { describe, expect, test } from 'vitest';
import {
  formatBar,
  formatColumns,
  formatCount,
  formatDuration,
  formatEstimate,
  formatRate,
  formatRows,
} from '../../src/output/format.ts';

describe('what people read', () => {
  test('groups the digits of counts', () => {
    expect([0, 999, 1000, 1234567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567']);
  });

  test('says one row, and many rows', () => {
    expect([0, 1, 2].map(formatRows)).toEqual(['0 rows', '1 row', '2 rows']);
  });

  test('gives a duration in its two largest units', () => {
    const shown = [0, 0.44, 9.94, 9.96, 59.4, 59.6, 60, 125, 3599, 3600, 11_220].map(formatDuration);
    expect(shown).toEqual([
      '0.0 s',
      '0.4 s',
      '9.9 s',
      '10 s',
      '59 s',
      '1 min',
      '1 min',
      '2 min 5 s',
      '59 min 59 s',
      '1 h',
      '3 h 7 min',
    ]);
  });

  test('gives an estimate no more exactly than it is known', () => {
    const shown = [0.2, 8, 54, 55, 119, 5_000, 5_400, 10_000].map(formatEstimate);
    expect(shown).toEqual([
      'about 1 s',
      'about 8 s',
      'about 54 s',
      'about 1 min',
      'about 2 min',
      'about 83 min',
      'about 2 h',
      'about 3 h',
    ]);
  });

  test('gives no rate over no time, or for no rows', () => {
    expect([formatRate(500, 2), formatRate(5, 0), formatRate(0, 5)]).toEqual([
      '250 rows/s',
      undefined,
      undefined,
    ]);
  });

  test('draws a bar that is full only at the end', () => {
    expect([0, 0.5, 0.999, 1, 7].map((fraction) => formatBar(fraction, 4))).toEqual([
      '░░░░',
      '██░░',
      '███░',
      '████',
      '████',
    ]);
  });

  test('lines columns up under their headings', () => {
    const lines = formatColumns([
      ['JOB', 'ROWS'],
      ['abcdef', '1'],
    ]);
    expect(lines).toBe('JOB     ROWS\nabcdef  1\n');
  });
});
