import assert from 'node:assert/strict';
import type { TableErrorCode } from '../errors.ts';
import { compareKeys } from '../key.ts';
import { isReservedRow, RESERVED_ROW_PREFIX } from '../reserved.ts';
import type { Change, Check, Condition, RowData, Table, Version, Write } from '../table.ts';
import { type ContractCase, type ContractSubject, contractCase } from './contract-case.ts';
import { batchOf, checks, noChecks, reachableRows, reservedRows } from './need.ts';
import {
  assertFails,
  assertRows,
  assertTable,
  fill,
  insert,
  key,
  manyRows,
  present,
  row,
  writeOne,
} from './support.ts';

/** What is there, what is checked of it, and whether the batch may then be applied. */
interface CheckClaim {
  readonly condition: keyof Versions | '*';
  readonly row: 'present' | 'absent';
  readonly fails?: TableErrorCode;
}

interface Versions {
  readonly current: Version;
  readonly former: Version;
  readonly 'made up': Version;
}

const CHECKED = row('p', 'checked', { text: 'checked' });
const META = row('p', `${RESERVED_ROW_PREFIX}meta`, { text: 'meta' });
/** One key on either side of what is checked. */
const BESIDE = [row('p', 'before', { text: 'b' }), row('p', 'written', { text: 'w' })];
const INSERTS = BESIDE.map((each): Write => ({ ...each, kind: 'insert' }));

const CLAIMS: readonly CheckClaim[] = [
  { condition: '*', row: 'present' },
  { condition: 'current', row: 'present' },
  { condition: 'former', row: 'present', fails: 'TABLE_VERSION_MISMATCH' },
  { condition: 'made up', row: 'present', fails: 'TABLE_VERSION_MISMATCH' },
  { condition: '*', row: 'absent', fails: 'TABLE_ROW_ABSENT' },
  { condition: 'former', row: 'absent', fails: 'TABLE_ROW_ABSENT' },
];

const WORDS: Readonly<Record<CheckClaim['condition'], string>> = {
  '*': 'exists',
  current: 'has its current version',
  former: 'has a former version',
  'made up': 'has a version that never was',
};

function check({ partitionKey, rowKey }: RowData, condition: Condition): Check {
  return { kind: 'check', ...key(partitionKey, rowKey), condition };
}

/** T15: a batch depends on rows that it does not write. */
export const checkCases: readonly ContractCase[] = [
  ...CLAIMS.flatMap((claim) => [
    contractCase(
      `check: ${titleOf(claim)}`,
      (subject) => checkClaim(subject, claim, CHECKED),
      checks,
      batchOf(3),
    ),
    contractCase(
      `check: of a reserved row: ${titleOf(claim)}`,
      (subject) => checkClaim(subject, claim, META),
      checks,
      reservedRows,
      batchOf(3),
    ),
  ]),
  contractCase(
    'check: the row keeps its content and its version, and the result has none',
    async (subject) => {
      const table = await subject.open();
      const version = await insert(table, CHECKED);
      const results = await table.write([check(CHECKED, '*'), ...INSERTS]);
      assert.deepEqual([results.length, results[0]?.version], [3, undefined]);
      const kept = await present(table, CHECKED);
      assertRows([kept], [CHECKED]);
      assert.equal(kept.version, version);
      await table.write([check(CHECKED, version), { ...key('p', 'written'), kind: 'delete' }]);
      assert.equal((await present(table, CHECKED)).version, version);
    },
    checks,
    batchOf(3),
  ),
  contractCase(
    'check: the results of the writes beside it are their own',
    async (subject) => {
      const table = await subject.open();
      await insert(table, CHECKED);
      const [first, , last] = await table.write([
        INSERTS[0] as Write,
        check(CHECKED, '*'),
        INSERTS[1] as Write,
      ]);
      const versions = [];
      for (const each of BESIDE) versions.push((await present(table, each)).version);
      assert.deepEqual([first?.version, last?.version], versions);
    },
    checks,
    batchOf(3),
  ),
  contractCase(
    'check: goes with every kind of write',
    async (subject) => {
      const table = await subject.open();
      await fill(table, [
        CHECKED,
        ...['b', 'c', 'e', 'f'].map((rowKey) => row('p', rowKey, { text: 'before', note: 'kept' })),
      ]);
      await table.write([
        { ...row('p', 'a', { text: 'a' }), kind: 'insert' },
        { ...row('p', 'b', { text: 'b' }), kind: 'replace', condition: '*' },
        { ...row('p', 'c', { text: 'c' }), kind: 'merge', condition: '*' },
        check(CHECKED, '*'),
        { ...row('p', 'd', { text: 'd' }), kind: 'upsertReplace' },
        { ...row('p', 'e', { text: 'e' }), kind: 'upsertMerge' },
        { ...key('p', 'f'), kind: 'delete' },
        { ...key('p', 'none'), kind: 'delete' },
      ]);
      await assertTable(table, [
        row('p', 'a', { text: 'a' }),
        row('p', 'b', { text: 'b' }),
        row('p', 'c', { text: 'c', note: 'kept' }),
        CHECKED,
        row('p', 'd', { text: 'd' }),
        row('p', 'e', { text: 'e', note: 'kept' }),
      ]);
    },
    checks,
    batchOf(8),
  ),
  ...(['insert', 'upsertReplace', 'upsertMerge', 'delete'] as const).map((kind) =>
    contractCase(
      `check: one that fails stops ${kind} of one row`,
      async (subject) => {
        const table = await subject.open();
        const before = row('p', 'written', { text: 'before' });
        if (kind === 'delete') await insert(table, before);
        const write = { ...row('p', 'written', { text: 'after' }), kind };
        const error = await assertFails(table.write([write, check(CHECKED, '*')]), 'TABLE_ROW_ABSENT');
        assert.equal(error.details['index'], 1);
        await assertTable(table, kind === 'delete' ? [before] : []);
      },
      checks,
      batchOf(2),
    ),
  ),
  contractCase(
    'check: the error tells the first of several that fail',
    async (subject) => {
      const table = await subject.open();
      await insert(table, CHECKED);
      const [z, a] = [row('p', 'z'), row('p', 'a')];
      const batch: readonly Write[] = [
        { ...row('p', 'new'), kind: 'upsertReplace' },
        check(CHECKED, '*'),
        check(z, '*'),
        check(a, '*'),
        { ...CHECKED, rowKey: '0', kind: 'replace', condition: '*' },
      ];
      const error = await assertFails(table.write(batch), 'TABLE_ROW_ABSENT');
      assert.equal(error.details['index'], 2);
      await assertTable(table, [CHECKED]);
    },
    checks,
    batchOf(5),
  ),
  contractCase(
    'check: of a reserved row where there never was any fails the whole batch',
    async (subject) => {
      const ours = await subject.open({ reserved: true });
      const [first, last] = INSERTS as [Write, Write];
      const error = await assertFails(ours.write([first, check(META, '*'), last]), 'TABLE_ROW_ABSENT');
      assert.equal(error.details['index'], 1);
      await assertTable(ours, []);
    },
    checks,
    reservedRows,
    batchOf(3),
  ),
  contractCase(
    'check: an application cannot check a reserved row',
    async (subject) => {
      const [application, ours] = [await subject.open(), await subject.open({ reserved: true })];
      await insert(ours, META);
      await assertFails(application.write([check(META, '*'), ...INSERTS]), 'TABLE_NAME_RESERVED');
      await assertTable(ours, [META]);
    },
    checks,
    reservedRows,
    batchOf(3),
  ),
  contractCase(
    'check: a batch of nothing else is refused',
    async (subject) => {
      const table = await subject.open();
      await fill(table, BESIDE);
      const alone = BESIDE.map((each) => check(each, '*'));
      await assertFails(table.write(alone), 'TABLE_BATCH_INVALID');
    },
    checks,
    batchOf(2),
  ),
  contractCase(
    'check: one without a condition is refused',
    async (subject) => {
      const table = await subject.open();
      await insert(table, CHECKED);
      await assertFails(table.write([check(CHECKED, ''), ...INSERTS]), 'TABLE_BATCH_INVALID');
      await assertTable(table, [CHECKED]);
    },
    checks,
    batchOf(3),
  ),
  contractCase(
    'check: a row is not checked and written in one batch',
    async (subject) => {
      const table = await subject.open();
      await insert(table, CHECKED);
      const twice = [check(CHECKED, '*'), { ...key('p', 'checked'), kind: 'delete' }] as const;
      await assertFails(table.write(twice), 'TABLE_BATCH_INVALID');
      await assertTable(table, [CHECKED]);
    },
    checks,
    batchOf(2),
  ),
  contractCase(
    'check: it counts as a row of the batch',
    async (subject) => {
      const table = await subject.open();
      await insert(table, CHECKED);
      const rows = manyRows('p', table.manifest.atomicBatch.rows);
      const full = [check(CHECKED, '*'), ...rows.map((each): Write => ({ ...each, kind: 'insert' }))];
      await assertFails(table.write(full), 'TABLE_TOO_LARGE');
      await assertTable(table, [CHECKED]);
      await table.write(full.slice(0, -1));
      await assertTable(table, [CHECKED, ...rows.slice(0, -1)]);
    },
    checks,
    reachableRows('atomicBatch.rows', ({ atomicBatch }) => atomicBatch.rows),
  ),
  contractCase(
    'check: it is refused where the store cannot do it, and nothing is written',
    async (subject) => {
      const table = await subject.open();
      await insert(table, CHECKED);
      await assertFails(table.write([check(CHECKED, '*'), ...INSERTS]), 'TABLE_NOT_SUPPORTED');
      await assertTable(table, [CHECKED]);
    },
    noChecks,
    batchOf(3),
  ),
];

function titleOf({ condition, row: there, fails }: CheckClaim): string {
  const what = `that ${there === 'present' ? 'a row' : 'an absent row'} ${WORDS[condition]}`;
  return fails ? `${what} fails the whole batch with ${fails}` : `${what} lets the whole batch be applied`;
}

async function checkClaim(subject: ContractSubject, claim: CheckClaim, checked: RowData): Promise<void> {
  const table = await subject.open({ reserved: isReservedRow(checked.rowKey) });
  const condition = { '*': '*', ...(await arrange(table, checked, claim.row)) }[claim.condition];
  const before = claim.row === 'present' ? [checked] : [];
  for (const kind of ['insert', 'upsertReplace'] as const) {
    const [first, last] = BESIDE.map((each) => ({ ...each, kind })) as [Change, Change];
    const work = table.write([first, check(checked, condition), last]);
    if (claim.fails) {
      const error = await assertFails(work, claim.fails);
      assert.equal(error.details['index'], 1);
      await assertTable(table, before);
    } else {
      await work;
      await assertTable(table, [...BESIDE, ...before].toSorted(compareKeys));
    }
  }
}

/** Leaves the row as the claim wants it. Either way it has been another row before, of the former version. */
async function arrange(table: Table, checked: RowData, there: CheckClaim['row']): Promise<Versions> {
  const former = await insert(table, {
    ...checked,
    properties: row('p', 'r', { text: 'former' }).properties,
  });
  const current = await writeOne(table, { ...checked, kind: 'replace', condition: former });
  assert.ok(current, 'a replace gives a version');
  if (there === 'absent') await writeOne(table, { ...checked, kind: 'delete' });
  return { current, former, 'made up': 'no-version-of-any-store' };
}
