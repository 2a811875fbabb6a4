import { describe, expect, test } from 'vitest';
import { barText, standingText } from '../../src/output/standing-text.ts';
import { StepTotals } from '../../src/output/step-totals.ts';
import { copied } from '../support/events.ts';

const unknown = { rows: 7, totalRows: null, rowsPerSecond: 0, etaSeconds: null };

describe('where a step stands', () => {
  test('is told by its rows alone while nothing else is known', () => {
    expect(standingText(unknown)).toBe('7 rows');
  });

  test('has a bar only if the total is known', () => {
    expect([barText('orders', unknown), barText('orders', { ...unknown, totalRows: 14 })]).toEqual([
      'orders  7 rows',
      'orders  ██████████░░░░░░░░░░  7 of 14 rows (50%)',
    ]);
  });

  test('is never 100% before the last row', () => {
    expect(standingText({ ...unknown, rows: 999_999, totalRows: 1_000_000 })).toContain('(99%)');
  });

  test('has no total before every table has told its own', () => {
    const totals = new StepTotals(2);
    totals.add(copied('orders', 5));
    expect(totals.read().totalRows).toBeNull();
  });

  test('has no estimate if no table has one', () => {
    const totals = new StepTotals(1);
    totals.add(copied('orders', 5, { rowsPerSecond: 100 }));
    expect(totals.read().etaSeconds).toBeNull();
  });

  test('counts the rate of finished tables no more', () => {
    const totals = new StepTotals(2);
    totals.add(copied('orders', 1000, { rowsPerSecond: 100, finished: true }));
    totals.add(copied('places', 0, { rowsPerSecond: 50, etaSeconds: 20 }));
    expect(totals.read()).toEqual({ rows: 1000, totalRows: 2000, rowsPerSecond: 50, etaSeconds: 20 });
  });
});
