import assert, { AssertionError } from 'node:assert/strict';
import type { MemoryControl } from 'changeover/control';
import { controlContract, runControlCase } from 'changeover/control/contract';
import { isOperationalError } from 'changeover/std';
import { describe, test } from 'vitest';
import * as defects from './broken/defects.ts';
import { memoryFactory } from './memory-subject.ts';

/** For each case a store that must fail it. */
const FAILS: Readonly<
  Record<string, new (...args: ConstructorParameters<typeof MemoryControl>) => MemoryControl>
> = {
  'documents: one that is not there is undefined': defects.InventsDocuments,
  'documents: a value is read back as it was put': defects.LosesNulls,
  'documents: a put with the right revision replaces the value': defects.NeverReplaces,
  'documents: a put that expects none is refused where there is one': defects.IgnoresExpectedOnPut,
  'documents: a put that expects another revision is refused': defects.IgnoresExpectedOnPut,
  'documents: a put that expects a revision is refused where there is none': defects.IgnoresExpectedOnPut,
  'documents: a deleted one is gone': defects.NeverDeletes,
  'documents: a delete that expects another revision is refused': defects.IgnoresExpectedOnDelete,
  'documents: a delete is refused where there is none': defects.IgnoresExpectedOnDelete,
  'documents: revisions rise with every write, across names': defects.CountsPerName,
  'documents: a name that is made anew never sees a revision again': defects.CountsPerName,
  'documents: nobody can change one without a put': defects.SharesValues,
  'documents: of racing puts exactly one wins': defects.RacesOnPut,
  'documents: what one handle wrote, another reads': defects.SharesNothing,
  'names: a list is in the order of UTF-8 bytes': defects.SortsByUtf16,
  'names: odd ones are kept apart': defects.CutsNamesAtNul,
  'names: a prefix is text, neither a pattern nor a folder': defects.TakesPrefixForPattern,
  'names: invalid ones are refused': defects.AcceptsAnyName,
  'names: a prefix that is not well-formed is refused': defects.AcceptsAnyPrefix,
  'watch: it begins with every document under the prefix, by name': defects.WatchesWithoutFirst,
  'watch: it goes on with every change as it comes': defects.WatchesOnce,
  'watch: changes to several names come in the order of the writes': defects.WatchesByName,
  'watch: what is outside of the prefix is not told': defects.WatchesEverything,
  'watch: a change between the first documents is not missed': defects.WatchesLate,
  'watch: a slow watcher still sees the last state of every name': defects.WatchesUpToTen,
  'watch: it sees what another handle wrote': defects.SharesNothing,
  'watch: two watchers see everything each': defects.WatchesForOne,
  'watch: it ends when its signal aborts': defects.WatchThrowsAtTheEnd,
  'watch: an aborted one tells nothing more': defects.WatchesForever,
  'watch: it ends when its handle closes': defects.WatchesForever,
  'sessions: an opened one has its owner, and a lease from now': defects.IgnoresTheClock,
  'sessions: every one is listed, with an id of its own': defects.RepeatsSessionIds,
  'sessions: renewing gives a new lease from now': defects.RenewsNothing,
  'sessions: one that nobody ended can be renewed, whatever the clock says': defects.JudgesLeases,
  'sessions: one is ended only if it was not renewed since it was seen': defects.EndsWhatWasRenewed,
  'sessions: one that nobody renews stays listed until it is ended': defects.DropsDeadSessions,
  'sessions: an ended one is gone': defects.NeverEndsSessions,
  'sessions: an ended or unknown one cannot be renewed': defects.RevivesSessions,
  'journal: an entry is read back with its time and its sequence': defects.IgnoresTheClock,
  'journal: entries come oldest first, in rising sequence': defects.JournalNewestFirst,
  'journal: reading goes on behind a sequence': defects.JournalFromTheStart,
  'journal: one subject reads only of itself': defects.JournalSubjectAsPrefix,
  'journal: nobody can change an entry': defects.JournalRewrites,
  'journal: a subject that is no name is refused': defects.JournalAcceptsAnySubject,
  'lock: a free one is taken, with the first epoch': defects.ForgetsEpochs,
  'lock: one that a living session holds is refused': defects.ForgetsSessions,
  'lock: a released one is taken with a higher epoch': defects.ForgetsEpochs,
  'lock: the lock of an ended session is free': defects.NeverEndsSessions,
  'lock: it is taken over from a dead process at once': defects.HidesOwners,
  'lock: it is taken over from a holder that is not heard from for a whole lease': defects.RenewsWhenAsked,
  'lock: a renewed lease keeps it': defects.RenewsNothing,
  'lock: whoever lost it to another has lost the session too': defects.NeverEndsSessions,
  'lock: releasing a lost one leaves the new holder alone': defects.IgnoresExpectedOnPut,
  'lock: of racing successors exactly one gets it': defects.RacesOnPut,
  'closed: get is refused': defects.NeverRefuses,
  'closed: list is refused': defects.NeverRefuses,
  'closed: put is refused': defects.NeverRefuses,
  'closed: delete is refused': defects.NeverRefuses,
  'closed: watch is refused': defects.NeverRefuses,
  'closed: openSession is refused': defects.NeverRefuses,
  'closed: renewSession is refused': defects.NeverRefuses,
  'closed: endSession is refused': defects.NeverRefuses,
  'closed: sessions is refused': defects.NeverRefuses,
  'closed: session is refused': defects.NeverRefuses,
  'closed: append is refused': defects.NeverRefuses,
  'closed: journal is refused': defects.NeverRefuses,
  'aborted: get is refused, and does nothing': defects.NeverRefuses,
  'aborted: list is refused, and does nothing': defects.NeverRefuses,
  'aborted: put is refused, and does nothing': defects.NeverRefuses,
  'aborted: delete is refused, and does nothing': defects.NeverRefuses,
  'closed: closing twice is fine': defects.ClosesOnce,
  'closed: another handle goes on': defects.ErasesOnClose,
  'closed: a later handle finds everything': defects.ErasesOnClose,
  'identity: every handle has the same, and it is not empty': defects.HasNoIdentity,
  'outage: put says so, tells its effect truly, and works again afterwards': defects.SwallowsOutages,
  'outage: delete says so, tells its effect truly, and works again afterwards': defects.SwallowsOutages,
  'outage: openSession says so, tells its effect truly, and works again afterwards': defects.SwallowsOutages,
  'outage: renewSession says so, tells its effect truly, and works again afterwards': defects.SwallowsOutages,
  'outage: endSession says so, tells its effect truly, and works again afterwards': defects.SwallowsOutages,
  'outage: append says so, tells its effect truly, and works again afterwards': defects.SwallowsOutages,
};

/** What an assertion or the store itself throws; anything else would be a mistake in the broken store. */
function isRefutation(error: unknown): boolean {
  return error instanceof AssertionError || isOperationalError(error);
}

describe('every case of the contract fails on a store that breaks it', () => {
  for (const each of controlContract) {
    test(each.title, async () => {
      const broken = FAILS[each.title];
      assert.ok(broken, 'no broken store is known to fail this case: add one');
      await assert.rejects(runControlCase(each, memoryFactory(broken)), isRefutation);
    });
  }
});

test('no broken store is meant for a case that is not there', () => {
  const titles = new Set(controlContract.map(({ title }) => title));
  assert.deepEqual(
    Object.keys(FAILS).filter((title) => !titles.has(title)),
    [],
  );
});

test('every broken store is used', () => {
  const used = new Set<unknown>(Object.values(FAILS));
  assert.deepEqual(
    Object.entries(defects).filter(([, defect]) => !used.has(defect)),
    [],
  );
});
