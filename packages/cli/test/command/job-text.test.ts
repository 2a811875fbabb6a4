import type { JobStatus } from 'changeover/move';
import { describe, expect, test } from 'vitest';
import { jobsText } from '../../src/commands/job-text.ts';

const job: JobStatus = {
  id: 'abc',
  state: 'interrupted',
  step: 'copy',
  sourceUrl: 'sqlite:/srv/a.db#t',
  targetUrl: 'sqlite:/srv/b.db#t',
  filter: null,
  tables: [{ source: 't', target: 't', rows: 1200, totalRows: 5000 }],
  validation: null,
  startedAtMs: 0,
  updatedAtMs: 0,
};

describe('jobs for people', () => {
  test('are a table where it fits', () => {
    expect(jobsText([job]).split('\n')).toHaveLength(3);
  });

  test('are a few lines each where the terminal is narrower', () => {
    expect(jobsText([job], 80)).toBe(
      'abc  interrupted (copy), 1,200 of 5,000 rows, 1970-01-01 00:00:00 UTC\n' +
        '  sqlite:/srv/a.db#t\n  to sqlite:/srv/b.db#t\n',
    );
  });
});
