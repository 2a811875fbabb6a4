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
  it('of a stream without a lock is the state that closes it between two of its steps', async () => {
    const [race] = (await causeOf('QueryStreamedLock')).races;
    assert.equal(race?.first.label, 'tell client0: targetOnly');
    assert.equal(race?.second.label, 'source.next()');
    assert.ok(race?.whole);
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
