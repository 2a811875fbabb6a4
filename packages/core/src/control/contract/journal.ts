import assert from 'node:assert/strict';
import type { NewJournalEntry } from '../abstract-control.ts';
import type { ControlStore, JournalEntry } from '../control-store.ts';
import { type ControlCase, controlCase } from './contract-case.ts';
import { assertFails } from './support.ts';

/** Try to refute C9. */
export const journalCases: readonly ControlCase[] = [
  controlCase('journal: an entry is read back with its time and its sequence', async (subject) => {
    const store = await subject.open();
    await subject.advance(1000);
    const given = { who: 'somebody', subject: 'jobs/1', what: 'began', why: 'é\u0000\ud800 "why"' };
    const appended = await store.append(given);
    const { sequence, ...rest } = appended;
    assert.deepEqual(rest, { ...given, atMs: subject.clock.now() });
    assert.ok(sequence > 0);
    assert.deepEqual(await store.journal(0), [appended]);
  }),
  controlCase('journal: entries come oldest first, in rising sequence', async (subject) => {
    const [one, other] = [await subject.open(), await subject.open()];
    const appended = await appendAll([one, other, one], ['z', 'a', 'm']);
    assert.deepEqual(await one.journal(0), appended);
    for (const [index, { sequence }] of appended.entries()) {
      assert.ok(index === 0 || sequence > appended[index - 1]!.sequence);
    }
  }),
  controlCase('journal: reading goes on behind a sequence', async (subject) => {
    const store = await subject.open();
    const [first, second, third] = await appendAll([store, store, store], ['a', 'b', 'c']);
    assert.deepEqual(await store.journal(first!.sequence), [second, third]);
    assert.deepEqual(await store.journal(third!.sequence), []);
  }),
  controlCase('journal: one subject reads only of itself', async (subject) => {
    const store = await subject.open();
    const [first, , third] = await appendAll([store, store, store], ['jobs/1', 'jobs/10', 'jobs/1']);
    assert.deepEqual(await store.journal(0, 'jobs/1'), [first, third]);
    assert.deepEqual(await store.journal(first!.sequence, 'jobs/1'), [third]);
    assert.deepEqual(await store.journal(0, 'jobs'), []);
  }),
  controlCase('journal: nobody can change an entry', async (subject) => {
    const store = await subject.open();
    const given = { ...entryOf('a') };
    const appended = await store.append(given);
    const kept = { ...appended };
    given.why = 'another reason';
    Object.assign(appended, { why: 'another reason' });
    Object.assign((await store.journal(0))[0]!, { why: 'another reason' });
    await store.append(entryOf('a'));
    assert.deepEqual((await store.journal(0))[0], kept);
  }),
  controlCase('journal: a subject that is no name is refused', async (subject) => {
    const store = await subject.open();
    await assertFails(store.append(entryOf('')), 'CONTROL_NAME_INVALID');
    assert.deepEqual(await store.journal(0), []);
  }),
];

function entryOf(subject: string): NewJournalEntry {
  return { who: 'somebody', subject, what: 'did something', why: 'for a reason' };
}

async function appendAll(
  stores: readonly ControlStore[],
  subjects: readonly string[],
): Promise<readonly JournalEntry[]> {
  const appended: JournalEntry[] = [];
  for (const [index, store] of stores.entries()) appended.push(await store.append(entryOf(subjects[index]!)));
  return appended;
}
