import assert from 'node:assert/strict';
import { explore } from '@changeover/tester';
import { describe, it } from 'vitest';
import { BUGS, migration, mutantOf, type Program } from '../../src/original/index.ts';

const LONG = process.env['CHANGEOVER_TEST_LONG'] === '1';
/** These take some seconds each, where the others take a moment. */
const RARE = new Set([
  'QueryStreamedBackUpNewStream',
  'MigrateSkipUseNewWithTombstones',
  'DeleteIfExistsNotLinearizable',
]);
const SEEDS = LONG ? [1, 2, 3, 4, 5] : [1];
const ENOUGH = LONG ? 200_000 : 20_000;

describe('The default scenario finds', () => {
  for (const bug of BUGS) {
    it.skipIf(!LONG && RARE.has(bug.name))(bug.name, { timeout: 600_000 }, async () => {
      const scenario = migration(await mutantOf(bug));
      for (const seed of SEEDS) {
        const report = await explore(scenario, { strategy: 'mix', schedules: ENOUGH, seed, shrink: 0 });
        assert.ok(!report.passed, `seed ${seed}: not in ${report.schedules} schedules`);
        assert.notEqual(report.found?.failure.kind, 'nondeterminism');
      }
    });
  }

  it('a bug in a few steps, of a program made small', async () => {
    const bug = BUGS.find(({ name }) => name === 'TombstoneOutputETag');
    assert.ok(bug);
    const { found } = await explore(migration(await mutantOf(bug)), { strategy: 'mix' });
    const program = found?.program as Program;
    assert.ok(program.clients.flat().length <= 2);
    assert.equal(program.rows.length, 0);
  });
});

describe('Every bug', () => {
  it('is one of fifteen', () => {
    assert.equal(new Set(BUGS.map(({ name }) => name)).size, 15);
  });

  for (const bug of BUGS) {
    it(`${bug.name} finds the text that it changes, once`, async () => {
      await mutantOf(bug);
    });
  }
});
