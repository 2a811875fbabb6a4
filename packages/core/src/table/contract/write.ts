import assert from 'node:assert/strict';
import type { TableErrorCode } from '../errors.ts';
import type { Change, RowData, Table, Version } from '../table.ts';
import { type ContractCase, type ContractSubject, contractCase } from './contract-case.ts';
import { column } from './need.ts';
import { assertAbsent, assertFails, assertPresent, insert, key, present, row, writeOne } from './support.ts';

/** What is there before the write, what the write asks for, and what must come of it. */
interface WriteClaim {
  readonly kind: Change['kind'];
  readonly condition: 'none' | '*' | 'current' | 'former' | 'made up';
  readonly before: 'present' | 'absent';
  readonly outcome: Outcome;
}

/** A write leaves this row, or no row; or it fails and leaves what was there. */
type Outcome =
  | { readonly words: string; readonly leaves: RowData | undefined }
  | { readonly words: string; readonly code: TableErrorCode };

const KEY = key('p', 'r');
const BEFORE = row('p', 'r', { text: 'before', note: 'kept' });
const WRITTEN = row('p', 'r', { text: 'written' });
const MERGED = row('p', 'r', { text: 'written', note: 'kept' });

const WRITES: Outcome = { words: 'writes the row', leaves: WRITTEN };
const MERGES: Outcome = { words: 'keeps the properties that it does not name', leaves: MERGED };
const REMOVES: Outcome = { words: 'leaves no row', leaves: undefined };

const CLAIMS: readonly WriteClaim[] = [
  { kind: 'insert', condition: 'none', before: 'absent', outcome: WRITES },
  { kind: 'insert', condition: 'none', before: 'present', outcome: failure('TABLE_ROW_EXISTS') },
  { kind: 'upsertReplace', condition: 'none', before: 'absent', outcome: WRITES },
  { kind: 'upsertReplace', condition: 'none', before: 'present', outcome: WRITES },
  { kind: 'upsertMerge', condition: 'none', before: 'absent', outcome: WRITES },
  { kind: 'upsertMerge', condition: 'none', before: 'present', outcome: MERGES },
  { kind: 'delete', condition: 'none', before: 'absent', outcome: REMOVES },
  { kind: 'delete', condition: 'none', before: 'present', outcome: REMOVES },
  ...conditional('replace', WRITES),
  ...conditional('merge', MERGES),
  ...conditional('delete', REMOVES),
];

function conditional(kind: Change['kind'], outcome: Outcome): readonly WriteClaim[] {
  return [
    { kind, condition: '*', before: 'present', outcome },
    { kind, condition: 'current', before: 'present', outcome },
    { kind, condition: 'former', before: 'present', outcome: failure('TABLE_VERSION_MISMATCH') },
    { kind, condition: 'made up', before: 'present', outcome: failure('TABLE_VERSION_MISMATCH') },
    { kind, condition: '*', before: 'absent', outcome: failure('TABLE_ROW_ABSENT') },
    { kind, condition: 'former', before: 'absent', outcome: failure('TABLE_ROW_ABSENT') },
  ];
}

function failure(code: TableErrorCode): Outcome {
  return { words: `fails with ${code}`, code };
}

/** T1, T4: every kind of write, on a row and on none, under every condition. */
export const writeCases: readonly ContractCase[] = [
  ...CLAIMS.map((claim) => contractCase(titleOf(claim), (subject) => checkClaim(subject, claim))),
  contractCase('write: a write gives the version that a read then finds', async (subject) => {
    const table = await subject.open();
    const kinds = ['insert', 'upsertReplace', 'upsertMerge'] as const;
    for (const kind of kinds) {
      const version = await writeOne(table, { ...row('p', 'r', { text: kind }), kind });
      assert.equal((await present(table, KEY)).version, version, `the version of ${kind}`);
    }
  }),
  contractCase('write: a delete gives no version', async (subject) => {
    const table = await subject.open();
    await insert(table, BEFORE);
    assert.equal(await writeOne(table, { ...KEY, kind: 'delete' }), undefined);
  }),
  contractCase('write: a replace can leave a row without properties', async (subject) => {
    const table = await subject.open();
    await insert(table, BEFORE);
    await writeOne(table, { ...row('p', 'r'), kind: 'upsertReplace' });
    await assertPresent(table, row('p', 'r'));
  }),
  contractCase('write: a merge of nothing changes no property', async (subject) => {
    const table = await subject.open();
    await insert(table, BEFORE);
    await writeOne(table, { ...row('p', 'r'), kind: 'merge', condition: '*' });
    await assertPresent(table, BEFORE);
  }),
  contractCase('write: the other rows of the table stay as they are', async (subject) => {
    const table = await subject.open();
    const others = [row('p', 'q', { text: 'q' }), row('p', 's', { text: 's' }), row('o', 'r'), row('q', 'r')];
    for (const other of [...others, BEFORE]) await insert(table, other);
    await writeOne(table, { ...WRITTEN, kind: 'replace', condition: '*' });
    await writeOne(table, { ...KEY, kind: 'delete' });
    for (const other of others) await assertPresent(table, other);
  }),
  contractCase(
    'write: what a caller does to its bytes after a write changes no row',
    async (subject) => {
      const table = await subject.open();
      const bytes = new Uint8Array([1, 2, 3]);
      await insert(table, row('p', 'r', { bytes: { type: 'binary', value: bytes } }));
      bytes.fill(9);
      const kept = new Uint8Array([1, 2, 3]);
      await assertPresent(table, row('p', 'r', { bytes: { type: 'binary', value: kept } }));
    },
    column('bytes'),
  ),
];

function titleOf({ kind, condition, before, outcome }: WriteClaim): string {
  const when = {
    none: '',
    '*': ', on condition that it exists,',
    current: ', on condition of its current version,',
    former: ', on condition of a former version,',
    'made up': ', on condition of a version that never was,',
  }[condition];
  return `write: ${kind} of ${before === 'present' ? 'a row' : 'an absent row'}${when} ${outcome.words}`;
}

async function checkClaim(subject: ContractSubject, claim: WriteClaim): Promise<void> {
  const table = await subject.open();
  const write = writeOf(claim, await arrange(table, claim.before));
  if ('code' in claim.outcome) {
    const error = await assertFails(table.write([write]), claim.outcome.code);
    assert.equal(error.details['index'], 0);
    await assertRow(table, claim.before === 'present' ? BEFORE : undefined);
    return;
  }
  await writeOne(table, write);
  await assertRow(table, claim.outcome.leaves);
}

interface Versions {
  readonly current: Version;
  readonly former: Version;
}

/** Leaves the row as the claim wants it. Either way it has been another row before, of the former version. */
async function arrange(table: Table, before: WriteClaim['before']): Promise<Versions> {
  const former = await insert(table, row('p', 'r', { text: 'former' }));
  const current = await writeOne(table, { ...BEFORE, kind: 'replace', condition: former });
  assert.ok(current, 'a replace gives a version');
  if (before === 'absent') await writeOne(table, { ...KEY, kind: 'delete' });
  return { current, former };
}

function writeOf({ kind, condition }: WriteClaim, versions: Versions): Change {
  const expected = { none: undefined, '*': '*', 'made up': 'no-version-of-any-store', ...versions }[
    condition
  ];
  if (kind === 'delete') return { ...KEY, kind, ...(expected === undefined ? {} : { condition: expected }) };
  if (kind === 'replace' || kind === 'merge') return { ...WRITTEN, kind, condition: expected ?? '*' };
  return { ...WRITTEN, kind };
}

async function assertRow(table: Table, expected: RowData | undefined): Promise<void> {
  if (expected) await assertPresent(table, expected);
  else await assertAbsent(table, KEY);
}
