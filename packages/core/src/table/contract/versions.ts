import assert from 'node:assert/strict';
import { isCode } from '../../std/index.ts';
import type { Table, Version, Write } from '../table.ts';
import { propertyOf } from '../value.ts';
import { type ContractCase, contractCase } from './contract-case.ts';
import { neverReused } from './need.ts';
import { fill, insert, key, manyRows, present, row, scanAll, writeOne } from './support.ts';

const KEY = key('p', 'r');

/** T2, T8: what versions are worth. */
export const versionCases: readonly ContractCase[] = [
  contractCase('versions: every write that changes a row changes its version', async (subject) => {
    const table = await subject.open();
    const versions = await versionsOf(table, [
      { ...row('p', 'r', { text: '1' }), kind: 'insert' },
      { ...row('p', 'r', { text: '2' }), kind: 'replace', condition: '*' },
      { ...row('p', 'r', { text: '3' }), kind: 'merge', condition: '*' },
      { ...row('p', 'r', { text: '4' }), kind: 'upsertReplace' },
      { ...row('p', 'r', { text: '5' }), kind: 'upsertMerge' },
    ]);
    assert.equal(new Set(versions).size, versions.length);
  }),
  contractCase(
    'versions: a write changes the version even if it changes nothing else',
    async (subject) => {
      const table = await subject.open();
      const same = row('p', 'r', { text: 'same' });
      const versions = await versionsOf(table, [
        { ...same, kind: 'insert' },
        { ...same, kind: 'replace', condition: '*' },
        { ...same, kind: 'merge', condition: '*' },
        { ...same, kind: 'upsertReplace' },
        { ...same, kind: 'upsertMerge' },
      ]);
      assert.equal(new Set(versions).size, versions.length);
    },
    neverReused,
  ),
  contractCase(
    'versions: a row that was deleted and inserted anew has none of its former versions',
    async (subject) => {
      const table = await subject.open();
      const versions: Version[] = [];
      for (let round = 0; round < 5; round += 1) {
        versions.push(await insert(table, row('p', 'r', { text: 'same' })));
        await writeOne(table, { ...KEY, kind: 'delete' });
      }
      assert.equal(new Set(versions).size, versions.length);
    },
    neverReused,
  ),
  contractCase('versions: a load changes the versions of the rows that it changes', async (subject) => {
    const table = await subject.open();
    const before = await insert(table, row('p', 'r', { text: 'before' }));
    await table.load([row('p', 'r', { text: 'after' })]);
    assert.notEqual((await present(table, KEY)).version, before);
  }),
  contractCase('versions: reading a row does not change its version', async (subject) => {
    const table = await subject.open();
    const written = await insert(table, row('p', 'r', { text: 'a' }));
    await scanAll(table);
    await table.query('p');
    assert.equal((await present(table, KEY)).version, written);
  }),
  contractCase('versions: writing a row does not change the version of another', async (subject) => {
    const table = await subject.open();
    const written = await insert(table, row('p', 'r', { text: 'a' }));
    await insert(table, row('p', 's', { text: 'b' }));
    await insert(table, row('q', 'r', { text: 'c' }));
    assert.equal((await present(table, KEY)).version, written);
  }),
  contractCase('versions: get, query and scan tell the same version', async (subject) => {
    const table = await subject.open();
    await fill(table, manyRows('p', 3));
    const scanned = await scanAll(table);
    const lazy = await scanAll(table, { lazy: true });
    const queried = await table.query('p');
    for (const [index, { version, ...rest }] of scanned.entries()) {
      assert.equal((await present(table, rest)).version, version);
      assert.equal(queried[index]?.version, version);
      assert.equal(lazy[index]?.version, version);
    }
  }),
  contractCase('versions: of writers who saw the same version, exactly one wins', async (subject) => {
    const [one, other] = [await subject.open(), await subject.open()];
    let version = await insert(one, row('p', 'r', { text: 'first' }));
    for (let round = 0; round < 10; round += 1) {
      const race = [0, 1, 2, 3].map((writer) =>
        raceWrite(writer % 2 === 0 ? one : other, {
          ...row('p', 'r', { text: `${round}.${writer}` }),
          kind: 'replace',
          condition: version,
        }),
      );
      const won = (await Promise.all(race)).filter((each) => each !== undefined);
      assert.equal(won.length, 1, `${won.length} writers won`);
      version = won[0] ?? '';
      assert.equal((await present(other, KEY)).version, version);
    }
  }),
  contractCase('versions: of writers who insert the same row, exactly one wins', async (subject) => {
    const [one, other] = [await subject.open(), await subject.open()];
    for (let round = 0; round < 10; round += 1) {
      const race = [0, 1, 2, 3].map((writer) =>
        raceWrite(writer % 2 === 0 ? one : other, {
          ...row('p', `r${round}`, { text: `${writer}` }),
          kind: 'insert',
        }),
      );
      const won = (await Promise.all(race)).filter((each) => each !== undefined);
      assert.equal(won.length, 1, `${won.length} writers won`);
    }
  }),
  contractCase('versions: no update is lost between handles that retry on a mismatch', async (subject) => {
    const [one, other] = [await subject.open(), await subject.open()];
    await insert(one, row('p', 'r', { text: '' }));
    await Promise.all([appendLetters(one, 'a', 10), appendLetters(other, 'b', 10)]);
    const { properties } = await present(one, KEY);
    const letters = String(propertyOf(properties, 'text')?.value);
    assert.equal(letters.split('').toSorted().join(''), 'a'.repeat(10) + 'b'.repeat(10));
  }),
];

/** The versions that the writes leave one after the other, as they are read back. */
async function versionsOf(table: Table, writes: readonly Write[]): Promise<readonly Version[]> {
  const versions: Version[] = [];
  for (const write of writes) {
    await writeOne(table, write);
    versions.push((await present(table, KEY)).version);
  }
  return versions;
}

/** The version that the write gave, or undefined if it lost the race. */
async function raceWrite(table: Table, write: Write): Promise<Version | undefined> {
  try {
    return await writeOne(table, write);
  } catch (error) {
    if (isCode(error, 'TABLE_VERSION_MISMATCH', 'TABLE_ROW_EXISTS')) return undefined;
    throw error;
  }
}

async function appendLetters(table: Table, letter: string, times: number): Promise<void> {
  for (let done = 0, attempts = 0; done < times; attempts += 1) {
    assert.ok(attempts < 100 * times, 'two writers keep each other from writing');
    const { version, properties } = await present(table, KEY);
    const text = `${String(propertyOf(properties, 'text')?.value)}${letter}`;
    const won = await raceWrite(table, { ...row('p', 'r', { text }), kind: 'replace', condition: version });
    if (won !== undefined) done += 1;
  }
}
