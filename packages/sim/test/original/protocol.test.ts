import { explore } from '@changeover/tester';
import { describe, it } from 'vitest';
import { migration, protocol } from '../../src/original/index.ts';

const LONG = process.env['CHANGEOVER_TEST_LONG'] === '1';

describe('The cured protocol', () => {
  it('passes the default scenario', { timeout: 1_200_000 }, async () => {
    const schedules = LONG ? 500_000 : 4_000;
    (await explore(migration(protocol), { strategy: 'mix', schedules })).assertPassed();
  });

  it('goes the same way twice', async () => {
    (await explore(migration(protocol), { strategy: 'mix', schedules: 200, twice: true })).assertPassed();
  });

  it('tells in its footprints all that it reads and writes', { timeout: 120_000 }, async () => {
    const schedules = LONG ? 20_000 : 400;
    const scenario = migration(protocol, { audit: true });
    (await explore(scenario, { strategy: 'mix', schedules, audit: true })).assertPassed();
  });
});
