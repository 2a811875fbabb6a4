import { type Manifest, MemoryStore } from 'changeover/table';
import { describe, expect, test } from 'vitest';
import { forecastMove, priceOf, type TableFacts } from '../../src/move/forecast.ts';
import type { Probe } from '../../src/move/probe.ts';

const { manifest } = new MemoryStore();
const SCAN: Manifest = { ...manifest, rangeHash: false, scan: { ...manifest.scan, pageRows: 10_000 } };
const HASH: Manifest = { ...SCAN, rangeHash: true };

function rate(rowsPerSecond: number): Probe['read'] {
  return { warm: rowsPerSecond, average: rowsPerSecond };
}

const PROBE: Probe = { rows: 100, bytes: 1_000, read: rate(2_000), copy: rate(1_000), validate: rate(4_000) };

const FACTS: TableFacts = {
  rows: 10_500,
  bytes: 105_000,
  tableRows: 10_500,
  ranges: 2,
  source: SCAN,
  target: SCAN,
  probe: PROBE,
};
const OPTIONS = { batchRows: 500, filter: undefined, rowsPerSecond: undefined };

describe('The operations of a copy', () => {
  const operations = (change: Partial<TableFacts>) =>
    forecastMove([{ ...FACTS, ...change }], OPTIONS).copy.operations;

  test('are a page and a batch for each batch of rows, range by range', () => {
    const pages = { source: { reads: 22, writes: 0 }, target: { reads: 0, writes: 22 } };
    expect(operations({})).toEqual(pages);
  });

  test('are one page and one batch of each range at least', () => {
    expect(operations({ rows: 0, tableRows: 0 })?.target.writes).toBe(2);
  });

  test('are more where rows are so large that bytes end a page', () => {
    expect(operations({ bytes: 400 * 1024 * 1024 })?.source.reads).toBe(100);
  });

  test('take the size of rows from the probe where the table was not surveyed', () => {
    const probe = { ...PROBE, bytes: 100 * 1024 * 1024 };
    expect(operations({ bytes: null, probe })?.source.reads).toBe(2626);
  });

  test('are no larger than the target takes at once', () => {
    const target = { ...SCAN, load: { ...SCAN.load, rows: 100 } };
    expect(operations({ target })?.target.writes).toBe(106);
  });

  test('are not known where the number of rows is not', () => {
    expect(operations({ rows: null })).toBeNull();
  });
});

describe('The operations of a validation', () => {
  const operations = (change: Partial<TableFacts>) =>
    forecastMove([{ ...FACTS, ...change }], OPTIONS).validate.operations;

  test('are the pages of both sides', () => {
    expect(operations({})).toEqual({ source: { reads: 12, writes: 0 }, target: { reads: 12, writes: 0 } });
  });

  test('are a hash for each range where a side can hash', () => {
    expect(operations({ target: HASH })?.source.reads).toBe(2);
  });
});

describe('The time', () => {
  test('is a range around what was measured', () => {
    const { seconds } = forecastMove([FACTS], OPTIONS).copy;
    expect(seconds?.atLeast).toBeLessThan(10.5);
    expect(seconds?.atMost).toBeGreaterThan(10.5);
  });

  test('of several tables is the sum of theirs', () => {
    const one = forecastMove([FACTS], OPTIONS).validate.seconds?.atLeast ?? Number.NaN;
    expect(forecastMove([FACTS, FACTS], OPTIONS).validate.seconds?.atLeast).toBeCloseTo(2 * one);
  });

  test('of a copy is never less than its rate allows', () => {
    const { seconds } = forecastMove([FACTS], { ...OPTIONS, rowsPerSecond: 10 }).copy;
    expect(seconds).toEqual({ atLeast: 1050, atMost: 1050 });
  });

  test('has no upper bound where writing could not be measured', () => {
    const probe = { ...PROBE, copy: null, validate: null };
    const { copy, validate } = forecastMove([{ ...FACTS, probe }], OPTIONS);
    expect([copy.seconds?.atMost, validate.seconds?.atMost]).toEqual([null, null]);
    expect(copy.seconds?.atLeast).toBeGreaterThan(0);
  });

  test('of all is not known if that of one table is not', () => {
    expect(forecastMove([FACTS, { ...FACTS, probe: null }], OPTIONS).copy.seconds).toBeNull();
  });

  test('of no rows is none', () => {
    const { seconds } = forecastMove([{ ...FACTS, rows: 0, probe: null }], OPTIONS).copy;
    expect(seconds).toEqual({ atLeast: 0, atMost: 0 });
  });
});

test('A price is counted by the million', () => {
  const prices = {
    vendor: 'v',
    currency: 'USD',
    perMillionReads: 2,
    perMillionWrites: 10,
    asOf: '',
    source: '',
  };
  expect(priceOf({ reads: 500_000, writes: 100_000 }, prices)).toBe(2);
});
