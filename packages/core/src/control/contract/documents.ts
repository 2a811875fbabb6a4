import assert from 'node:assert/strict';
import { isCode, type Json } from '../../std/index.ts';
import { type ControlCase, controlCase } from './contract-case.ts';
import { assertFails, contents } from './support.ts';

/** Values that a store might lose something of. */
const VALUES: readonly Json[] = [
  null,
  false,
  0,
  -1.5,
  9007199254740991,
  '',
  'é\u{1f600}\ue000\u0000"\\',
  [],
  [[1], [null]],
  {},
  { b: 1, a: { '': [true], 'x/y': null } },
];

/** Try to refute C1, C2 and C3. */
export const documentCases: readonly ControlCase[] = [
  controlCase('documents: one that is not there is undefined', async (subject) => {
    const store = await subject.open();
    await store.put('a', 1, undefined);
    assert.equal(await store.get('b'), undefined);
  }),
  controlCase('documents: a value is read back as it was put', async (subject) => {
    const store = await subject.open();
    for (const [index, value] of VALUES.entries()) {
      const put = await store.put(`v${index}`, value, undefined);
      assert.deepEqual(await store.get(`v${index}`), { name: `v${index}`, revision: put.revision, value });
      assert.deepEqual(put.value, value);
    }
  }),
  controlCase('documents: a put with the right revision replaces the value', async (subject) => {
    const store = await subject.open();
    const { revision } = await store.put('a', { old: true }, undefined);
    await store.put('a', { new: true }, revision);
    assert.deepEqual((await store.get('a'))?.value, { new: true });
  }),
  controlCase('documents: a put that expects none is refused where there is one', async (subject) => {
    const store = await subject.open();
    const first = await store.put('a', 1, undefined);
    await assertFails(store.put('a', 2, undefined), 'CONTROL_REVISION_MISMATCH');
    assert.deepEqual(await store.get('a'), first);
  }),
  controlCase('documents: a put that expects another revision is refused', async (subject) => {
    const store = await subject.open();
    const first = await store.put('a', 1, undefined);
    const second = await store.put('a', 2, first.revision);
    for (const wrong of [first.revision, second.revision + 1]) {
      await assertFails(store.put('a', 3, wrong), 'CONTROL_REVISION_MISMATCH');
    }
    assert.deepEqual(await store.get('a'), second);
  }),
  controlCase('documents: a put that expects a revision is refused where there is none', async (subject) => {
    const store = await subject.open();
    await assertFails(store.put('a', 1, 1), 'CONTROL_REVISION_MISMATCH');
    assert.equal(await store.get('a'), undefined);
  }),
  controlCase('documents: a deleted one is gone', async (subject) => {
    const store = await subject.open();
    const { revision } = await store.put('a', 1, undefined);
    await store.delete('a', revision);
    assert.equal(await store.get('a'), undefined);
    assert.deepEqual(await contents(store), []);
  }),
  controlCase('documents: a delete that expects another revision is refused', async (subject) => {
    const store = await subject.open();
    const first = await store.put('a', 1, undefined);
    const second = await store.put('a', 2, first.revision);
    await assertFails(store.delete('a', first.revision), 'CONTROL_REVISION_MISMATCH');
    assert.deepEqual(await store.get('a'), second);
  }),
  controlCase('documents: a delete is refused where there is none', async (subject) => {
    const store = await subject.open();
    const { revision } = await store.put('a', 1, undefined);
    await store.delete('a', revision);
    await assertFails(store.delete('a', revision), 'CONTROL_REVISION_MISMATCH');
    await assertFails(store.delete('b', 1), 'CONTROL_REVISION_MISMATCH');
  }),
  controlCase('documents: revisions rise with every write, across names', async (subject) => {
    const store = await subject.open();
    const revisions: number[] = [];
    revisions.push((await store.put('a', 1, undefined)).revision);
    revisions.push((await store.put('b', 1, undefined)).revision);
    revisions.push((await store.put('a', 2, revisions[0])).revision);
    assert.deepEqual(
      revisions,
      [...new Set(revisions)].toSorted((a, b) => a - b),
    );
  }),
  controlCase('documents: a name that is made anew never sees a revision again', async (subject) => {
    const store = await subject.open();
    const first = await store.put('a', 1, undefined);
    await store.delete('a', first.revision);
    const second = await store.put('a', 1, undefined);
    assert.ok(second.revision > first.revision);
    await assertFails(store.put('a', 2, first.revision), 'CONTROL_REVISION_MISMATCH');
  }),
  controlCase('documents: nobody can change one without a put', async (subject) => {
    const store = await subject.open();
    const value = { list: [1] };
    const put = await store.put('a', value, undefined);
    value.list.push(2);
    const read = await store.get('a');
    for (const copy of [put.value, read?.value]) (copy as typeof value).list.push(3);
    assert.deepEqual((await store.get('a'))?.value, { list: [1] });
  }),
  controlCase('documents: of racing puts exactly one wins', async (subject) => {
    const stores = [await subject.open(), await subject.open()];
    const { revision } = await stores[0]!.put('a', 'start', undefined);
    const racers = [0, 1, 2, 3].map((racer) => stores[racer % 2]!.put('a', racer, revision));
    const results = await Promise.allSettled(racers);
    const winners = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    assert.equal(winners.length, 1);
    assert.deepEqual(await stores[1]!.get('a'), winners[0]);
    for (const result of results) {
      if (result.status === 'rejected') assert.ok(isCode(result.reason, 'CONTROL_REVISION_MISMATCH'));
    }
  }),
  controlCase('documents: what one handle wrote, another reads', async (subject) => {
    const [one, other] = [await subject.open(), await subject.open()];
    const put = await one.put('a', 1, undefined);
    assert.deepEqual(await other.get('a'), put);
    await other.delete('a', put.revision);
    assert.equal(await one.get('a'), undefined);
  }),
];
