import assert from 'node:assert/strict';
import { type Cause, explore } from '@changeover/tester';
import { describe, it } from 'vitest';
import { BUGS, migration, mutantOf } from '../../src/original/index.ts';

async function causeOf(name: string): Promise<Cause> {
  const bug = BUGS.find((each) => each.name === name) ?? assert.fail();
  const { found } = await explore(migration(await mutantOf(bug)), { strategy: 'mix', schedules: 2_000 });
  return found?.cause ?? assert.fail('nothing was found');
}

describe('The cause', () => {
  it('of a stream without a lock is the push that comes while it is opened', async () => {
    const pairs = (await causeOf('QueryStreamedLock')).races.map(({ first, second }) => [
      first.label,
      second.label,
    ]);
    assert.deepEqual(pairs, [
      ['tell client0: preferSource', 'target.open({})'],
      ['client0 begins', 'tell client0: preferSource'],
    ]);
  });

  // What these need is a state; any order will do that comes to it.
  for (const name of [
    'QueryAtomicFilterShadowing',
    'QueryStreamedFilterShadowing',
    'TombstoneOutputETag',
    'DeleteIfExistsEmptyBatch',
    'DeleteNoLeaveTombstonesETag',
  ]) {
    it(`of ${name} interrupts nobody`, async () => {
      const { turns } = await causeOf(name);
      assert.ok(turns.turns ?? turns.failing.length > 0);
    });
  }
});
