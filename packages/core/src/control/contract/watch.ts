import assert from 'node:assert/strict';
import { type ControlCase, controlCase } from './contract-case.ts';
import { watch } from './support.ts';

/** Try to refute C5. */
export const watchCases: readonly ControlCase[] = [
  controlCase('watch: it begins with every document under the prefix, by name', async (subject) => {
    const store = await subject.open();
    for (const name of ['m/b', 'm/a', 'n/c']) await store.put(name, name, undefined);
    const deleted = await store.put('m/gone', 1, undefined);
    await store.delete('m/gone', deleted.revision);
    const watcher = watch(subject, store, 'm/');
    assert.deepEqual(await watcher.take(2), ['put m/a "m/a"', 'put m/b "m/b"']);
    await store.put('m/z', 1, undefined);
    assert.deepEqual(await watcher.take(1), ['put m/z 1']);
  }),
  controlCase('watch: it goes on with every change as it comes', async (subject) => {
    const store = await subject.open();
    const first = await store.put('a', 1, undefined);
    const watcher = watch(subject, store);
    assert.deepEqual(await watcher.take(1), ['put a 1']);
    const second = await store.put('a', 2, first.revision);
    assert.deepEqual(await watcher.take(1), ['put a 2']);
    await store.delete('a', second.revision);
    assert.deepEqual(await watcher.take(1), ['deleted a']);
    await store.put('a', 3, undefined);
    assert.deepEqual(await watcher.take(1), ['put a 3']);
  }),
  controlCase('watch: changes to several names come in the order of the writes', async (subject) => {
    const store = await subject.open();
    const { revision } = await store.put('m', 0, undefined);
    const watcher = watch(subject, store);
    await watcher.take(1);
    await store.put('z', 1, undefined);
    await store.delete('m', revision);
    await store.put('a', 2, undefined);
    assert.deepEqual(await watcher.take(3), ['put z 1', 'deleted m', 'put a 2']);
  }),
  controlCase('watch: what is outside of the prefix is not told', async (subject) => {
    const store = await subject.open();
    await store.put('m/a', 1, undefined);
    const watcher = watch(subject, store, 'm/');
    await watcher.take(1);
    await store.put('n/a', 2, undefined);
    await store.put('m', 3, undefined);
    await store.put('m/b', 4, undefined);
    assert.deepEqual(await watcher.take(1), ['put m/b 4']);
  }),
  controlCase('watch: a change between the first documents is not missed', async (subject) => {
    const store = await subject.open();
    const { revision } = await store.put('a', 1, undefined);
    await store.put('b', 1, undefined);
    const watcher = watch(subject, store);
    assert.deepEqual(await watcher.take(1), ['put a 1']);
    await store.put('a', 2, revision);
    assert.deepEqual(await watcher.take(2), ['put b 1', 'put a 2']);
  }),
  controlCase('watch: a slow watcher still sees the last state of every name', async (subject) => {
    const store = await subject.open();
    const watcher = watch(subject, store);
    await store.put('first', 0, undefined);
    await watcher.take(1);
    let revisions: (number | undefined)[] = [undefined, undefined];
    for (let value = 1; value <= 20; value += 1) {
      const [a, b] = revisions;
      revisions = [(await store.put('a', value, a)).revision, (await store.put('b', value, b)).revision];
    }
    const last = new Map<string, string>();
    while (last.get('a') !== 'put a 20' || last.get('b') !== 'put b 20') {
      const [change] = await watcher.take(1);
      last.set(change!.split(' ')[1]!, change!);
    }
  }),
  controlCase('watch: it sees what another handle wrote', async (subject) => {
    const [one, other] = [await subject.open(), await subject.open()];
    const watcher = watch(subject, one);
    const { revision } = await other.put('a', 1, undefined);
    assert.deepEqual(await watcher.take(1), ['put a 1']);
    await other.delete('a', revision);
    assert.deepEqual(await watcher.take(1), ['deleted a']);
  }),
  controlCase('watch: two watchers see everything each', async (subject) => {
    const store = await subject.open();
    await store.put('a', 1, undefined);
    const watchers = [watch(subject, store), watch(subject, store)];
    for (const watcher of watchers) assert.deepEqual(await watcher.take(1), ['put a 1']);
    await store.put('b', 2, undefined);
    for (const watcher of watchers) assert.deepEqual(await watcher.take(1), ['put b 2']);
  }),
  controlCase('watch: it ends when its signal aborts', async (subject) => {
    const store = await subject.open();
    await store.put('a', 1, undefined);
    const watcher = watch(subject, store);
    await watcher.take(1);
    const end = watcher.ends();
    watcher.abort();
    assert.ok(await end);
  }),
  controlCase('watch: an aborted one tells nothing more', async (subject) => {
    const store = await subject.open();
    for (const name of ['a', 'b']) await store.put(name, 1, undefined);
    const [begun, fresh] = [watch(subject, store), watch(subject, store)];
    await begun.take(1);
    for (const watcher of [begun, fresh]) {
      watcher.abort();
      assert.ok(await watcher.ends());
    }
  }),
  controlCase('watch: it ends when its handle closes', async (subject) => {
    const store = await subject.open();
    await store.put('a', 1, undefined);
    const watcher = watch(subject, store);
    await watcher.take(1);
    const end = watcher.ends();
    await store.close();
    assert.ok(await end);
  }),
];
