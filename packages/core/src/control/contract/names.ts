import assert from 'node:assert/strict';
import { type ControlCase, controlCase } from './contract-case.ts';
import { assertFails, contents } from './support.ts';

/** In the order of their UTF-8 bytes; no two are the same name. */
const ODD_NAMES: readonly string[] = [
  '\u0000',
  '\u0000\u0000',
  ' ',
  '"',
  '%',
  "'",
  '*',
  '..',
  '../x',
  'A',
  'E\u0301',
  '[a-z]',
  '\\',
  '_',
  '__proto__',
  'a',
  'a ',
  'a b',
  'a/b',
  'a\u0000b',
  'constructor',
  'é',
  '\ud7ff',
  '\ue000',
  '\uffff',
  '\u{10000}',
  '\u{10ffff}',
].toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

const ILL_FORMED = ['\ud800', 'a\udc00b', '\udc00\ud800'];

export const nameCases: readonly ControlCase[] = [
  controlCase('names: a list is in the order of UTF-8 bytes', async (subject) => {
    const store = await subject.open();
    for (const name of ODD_NAMES.toReversed()) await store.put(name, name, undefined);
    assert.deepEqual(
      (await store.list('')).map(({ name }) => name),
      ODD_NAMES,
    );
  }),
  controlCase('names: odd ones are kept apart', async (subject) => {
    const store = await subject.open();
    for (const name of ODD_NAMES) await store.put(name, name, undefined);
    for (const name of ODD_NAMES) assert.equal((await store.get(name))?.value, name);
  }),
  controlCase('names: a prefix is text, neither a pattern nor a folder', async (subject) => {
    const store = await subject.open();
    for (const name of ODD_NAMES) await store.put(name, name, undefined);
    for (const prefix of ['', 'x', 'a', 'a/', '%', '_', '*', '[', '\u0000', '\uffff', '\u{10ffff}']) {
      const expected = ODD_NAMES.filter((name) => name.startsWith(prefix)).map((name) => [name, name]);
      assert.deepEqual(await contents(store, prefix), expected, `under ${JSON.stringify(prefix)}`);
    }
  }),
  controlCase('names: invalid ones are refused', async (subject) => {
    const store = await subject.open();
    for (const name of ['', '/', '/a', 'a/', ...ILL_FORMED]) {
      await assertFails(store.get(name), 'CONTROL_NAME_INVALID');
      await assertFails(store.put(name, 1, undefined), 'CONTROL_NAME_INVALID');
      await assertFails(store.delete(name, 1), 'CONTROL_NAME_INVALID');
    }
    assert.deepEqual(await contents(store), []);
  }),
  controlCase('names: a prefix that is not well-formed is refused', async (subject) => {
    const store = await subject.open();
    for (const prefix of ILL_FORMED) {
      await assertFails(store.list(prefix), 'CONTROL_NAME_INVALID');
      const first = async () => store.watch(prefix, AbortSignal.abort())[Symbol.asyncIterator]().next();
      await assertFails(first(), 'CONTROL_NAME_INVALID');
    }
  }),
];
