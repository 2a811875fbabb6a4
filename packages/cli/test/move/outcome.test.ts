import { describe, expect, test } from 'vitest';
import { type Outcome, outcomeText, verdictOf } from '../../src/move/outcome.ts';

const CLEAN = { compared: 5000, notCompared: 0, missing: 0, extra: 0, different: 0 };
const MOVED: Outcome = {
  jobs: ['j1'],
  tables: 2,
  rows: 5000,
  steps: [
    { step: 'setup', seconds: 0.1, rows: 0, rowsNow: 0 },
    { step: 'copy', seconds: 2, rows: 5000, rowsNow: 5000 },
    { step: 'validate', seconds: 1, rows: 5000, rowsNow: 5000 },
  ],
  validation: CLEAN,
  repair: undefined,
  finishedBefore: 0,
  forecasts: [],
  report: undefined,
};

describe('the last words', () => {
  test('of a clean move say what was moved, that it is the same, and what next', () => {
    expect(outcomeText(MOVED)).toBe(
      'Copied 5,000 rows of 2 tables in 2.0 s (2,500 rows/s).\n' +
        'Compared 5,000 rows in 1.0 s (5,000 rows/s): source and target are the same.\n' +
        'Next: the application may use the target.\n',
    );
  });

  test('of a resumed copy tell this run’s rows from all', () => {
    const steps = [{ step: 'copy', seconds: 2, rows: 5000, rowsNow: 1000 }] as const;
    expect(outcomeText({ ...MOVED, steps, validation: undefined })).toBe(
      'Copied 5,000 rows of 2 tables, 1,000 rows of it in this run in 2.0 s (500 rows/s).\n' +
        'Next: prove that nothing was lost, with the same command and --validate.\n',
    );
  });

  test('count each kind of difference, and say where the report is', () => {
    const validation = { ...CLEAN, missing: 1, different: 1200, notCompared: 3 };
    expect(outcomeText({ ...MOVED, validation, report: '/r.ndjson' })).toContain(
      ': 1 missing, 1,200 different, 3 not compared.\nReport: /r.ndjson\n',
    );
  });

  test('never call the target ready when it is not the same', () => {
    expect(outcomeText({ ...MOVED, validation: { ...CLEAN, extra: 1 } })).not.toContain('Next');
  });
});

describe('the verdict', () => {
  test.each([
    [undefined, undefined],
    [CLEAN, undefined],
    [{ ...CLEAN, missing: 1 }, 'CLI_DIFFERENCE_FOUND'],
    [{ ...CLEAN, extra: 1 }, 'CLI_DIFFERENCE_FOUND'],
    [{ ...CLEAN, different: 1 }, 'CLI_DIFFERENCE_FOUND'],
    [{ ...CLEAN, notCompared: 1 }, 'CLI_NOT_COMPARED'],
    [{ ...CLEAN, different: 1, notCompared: 1 }, 'CLI_DIFFERENCE_FOUND'],
  ])('on %j is %s', (validation, code) => {
    expect(verdictOf({ ...MOVED, validation })?.code).toBe(code);
  });
});
