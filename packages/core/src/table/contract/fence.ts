import assert from 'node:assert/strict';
import { epochOf, FENCE_TABLE, fenceKey } from '../fence.ts';
import type { Mark, Table, WriteOptions } from '../table.ts';
import { type ContractCase, contractCase } from './contract-case.ts';
import { batchOf, fencing, loadMarks, noFencing, ownLayout } from './need.ts';
import { openFences, raise, tryToRaise } from './raise.ts';
import { assertFails, assertTable, fill, key, present, row } from './support.ts';

/** One way to write, which changes a table that holds {@link BEFORE}, and what it leaves. */
interface FencedWrite {
  readonly name: string;
  readonly leaves: readonly ReturnType<typeof row>[];
  run(table: Table, options: WriteOptions): Promise<unknown>;
}

const BEFORE = [row('p', 'a', { text: 'before' }), row('p', 'b', { text: 'before' })];
const [A, B] = [row('p', 'a', { text: 'after' }), row('p', 'b', { text: 'before' })];

const WRITES: readonly FencedWrite[] = [
  {
    name: 'a batch',
    leaves: [A, B],
    run: (table, options) => table.write([{ ...A, kind: 'replace', condition: '*' }], options),
  },
  { name: 'a load', leaves: [A, B], run: (table, options) => table.load([A], options) },
  {
    name: 'an unconditional delete',
    leaves: [B],
    run: (table, options) => table.write([{ ...key('p', 'a'), kind: 'delete' }], options),
  },
];

/** T14: a write that names a fence counts only while that stands at its epoch. */
export const fenceCases: readonly ContractCase[] = [
  ...WRITES.flatMap(({ name, leaves, run }) => [
    contractCase(
      `fence: ${name} of the epoch at which the fence stands is applied`,
      async (subject) => {
        const { store } = subject;
        const table = await filled(await subject.open());
        await raise(store, 'f');
        await run(table, { fences: [await raise(store, 'f')] });
        await assertTable(table, leaves);
      },
      fencing,
    ),
    contractCase(
      `fence: ${name} of an epoch that has passed is refused, and changes nothing`,
      async (subject) => {
        const { store } = subject;
        const table = await filled(await subject.open());
        const passed = await raise(store, 'f');
        const before = await table.get(A);
        await raise(store, 'f');
        const error = await assertFails(run(table, { fences: [passed] }), 'TABLE_FENCED');
        const { fence, expected, actual } = error.details;
        assert.deepEqual({ fence, expected, actual }, { fence: 'f', expected: 1, actual: 2 });
        await assertTable(table, BEFORE);
        assert.equal((await table.get(A))?.version, before?.version, 'a refused write changed the version');
      },
      fencing,
    ),
    contractCase(
      `fence: ${name} of an epoch that the fence has not reached is refused`,
      async (subject) => {
        const { store } = subject;
        const table = await filled(await subject.open());
        const { name: fence, epoch } = await raise(store, 'f');
        const ahead = { name: fence, epoch: epoch + 1 };
        const error = await assertFails(run(table, { fences: [ahead] }), 'TABLE_FENCED');
        assert.equal(error.details['actual'], 1);
        await assertTable(table, BEFORE);
      },
      fencing,
    ),
    contractCase(
      `fence: ${name} is refused where no fence was ever raised`,
      async (subject) => {
        const { store } = subject;
        const table = await filled(await subject.open());
        const error = await assertFails(run(table, { fences: [{ name: 'f', epoch: 1 }] }), 'TABLE_FENCED');
        assert.equal(error.details['actual'], 0);
        await raise(store, 'another');
        await assertFails(run(table, { fences: [{ name: 'f', epoch: 1 }] }), 'TABLE_FENCED');
        await assertTable(table, BEFORE);
      },
      fencing,
    ),
    contractCase(
      `fence: ${name} needs every fence that it names`,
      async (subject) => {
        const { store } = subject;
        const table = await filled(await subject.open());
        const [passed, holds] = [await raise(store, 'f'), await raise(store, 'g')];
        await raise(store, 'f');
        for (const fences of [
          [passed, holds],
          [holds, passed],
        ]) {
          const error = await assertFails(run(table, { fences }), 'TABLE_FENCED');
          assert.equal(error.details['fence'], 'f');
        }
        await assertTable(table, BEFORE);
      },
      fencing,
    ),
    contractCase(
      `fence: ${name} minds no fence that it does not name`,
      async (subject) => {
        const { store } = subject;
        const table = await filled(await subject.open());
        const mine = await raise(store, 'f');
        await raise(store, 'F');
        await raise(store, 'F');
        await run(table, { fences: [mine] });
        await assertTable(table, leaves);
      },
      fencing,
    ),
    contractCase(
      `fence: ${name} that names one is refused where the store cannot check it`,
      async (subject) => {
        const table = await filled(await subject.open());
        const write = run(table, { fences: [{ name: 'f', epoch: 1 }] });
        await assertFails(write, 'TABLE_NOT_SUPPORTED');
        await assertTable(table, BEFORE);
      },
      noFencing,
    ),
    contractCase(
      `fence: ${name} that names what can be no fence is refused`,
      async (subject) => {
        const table = await filled(await subject.open());
        for (const [wrong, epoch] of [['', 1] as const, ['\ud800', 1] as const, ...NO_EPOCHS]) {
          await assertFails(run(table, { fences: [{ name: wrong, epoch }] }), 'TABLE_OPTION_INVALID');
        }
        await assertTable(table, BEFORE);
      },
      fencing,
    ),
  ]),
  contractCase(
    'fence: a batch that has passed is told so, whatever its conditions would say',
    async (subject) => {
      const { store } = subject;
      const table = await filled(await subject.open());
      const passed = await raise(store, 'f');
      await raise(store, 'f');
      const batch = table.write([{ ...A, kind: 'insert' }], { fences: [passed] });
      await assertFails(batch, 'TABLE_FENCED');
    },
    fencing,
  ),
  contractCase(
    'fence: a batch that the fence lets through still fails on its conditions, and as a whole',
    async (subject) => {
      const { store } = subject;
      const table = await filled(await subject.open());
      const fences = [await raise(store, 'f')];
      const batch = [
        { ...row('p', '0'), kind: 'insert' },
        { ...A, kind: 'insert' },
      ] as const;
      const error = await assertFails(table.write(batch, { fences }), 'TABLE_ROW_EXISTS');
      assert.equal(error.details['index'], 1);
      await assertTable(table, BEFORE);
    },
    fencing,
    batchOf(2),
  ),
  contractCase(
    'fence: a load that has passed writes no mark',
    async (subject) => {
      const { store, reservedName } = subject;
      const reserved = { reserved: true };
      await store.create(reservedName, reserved);
      const table = await filled(await subject.open(reserved));
      const passed = await raise(store, 'f');
      await raise(store, 'f');
      const marks: readonly Mark[] = [
        { table: reservedName, write: { ...row('job', 'shard'), kind: 'insert' } },
      ];
      await assertFails(table.load([A], { marks, fences: [passed] }), 'TABLE_FENCED');
      await assertTable(await store.open(reservedName, reserved), []);
      await assertTable(table, BEFORE);
    },
    fencing,
    loadMarks,
  ),
  contractCase(
    'fence: writes leave the fence as it is',
    async (subject) => {
      const { store } = subject;
      const table = await filled(await subject.open());
      const fences = [await raise(store, 'f')];
      const stands = await openFences(store);
      const { version } = await present(stands, fenceKey('f'));
      for (const { run } of WRITES) await run(await filled(table), { fences });
      assert.equal((await present(stands, fenceKey('f'))).version, version);
    },
    fencing,
  ),
  contractCase(
    'fence: of those who raise it to one epoch, exactly one does',
    async ({ store }) => {
      const handles = [await openFences(store), await openFences(store)] as const;
      for (let epoch = 1; epoch <= 10; epoch += 1) {
        const found = await handles[0].get(fenceKey('f'));
        const race = [0, 1, 2, 3].map((raiser) =>
          tryToRaise(handles[raiser % 2 === 0 ? 0 : 1], found, { name: 'f', epoch }),
        );
        const won = (await Promise.all(race)).filter(Boolean);
        assert.equal(won.length, 1, `${won.length} raised the fence to ${epoch}`);
      }
    },
    fencing,
  ),
  contractCase(
    'fence: an epoch never falls, not even by who slept before raising it',
    async ({ store }) => {
      const fences = await openFences(store);
      await raise(store, 'f');
      const slept = await fences.get(fenceKey('f'));
      await raise(store, 'f');
      const { epoch } = await raise(store, 'f');
      assert.equal(await tryToRaise(fences, slept, { name: 'f', epoch: 2 }), false);
      assert.equal(epochOf(await fences.get(fenceKey('f'))), epoch);
    },
    fencing,
  ),
  contractCase(
    'fence: it outlives a table that is dropped and made anew',
    async ({ store, freeName }) => {
      await store.create(freeName);
      const passed = await raise(store, 'f');
      const holds = await raise(store, 'f');
      await store.drop(freeName);
      await store.create(freeName);
      const table = await store.open(freeName);
      await assertFails(table.write([{ ...A, kind: 'upsertReplace' }], { fences: [passed] }), 'TABLE_FENCED');
      await assertTable(table, []);
      await table.write([{ ...A, kind: 'upsertReplace' }], { fences: [holds] });
    },
    fencing,
    ownLayout,
  ),
  contractCase(
    'fence: an application neither sees nor opens the table of the fences',
    async (subject) => {
      const { store } = subject;
      const table = await subject.open();
      await raise(store, 'f');
      await assertFails(store.open(FENCE_TABLE), 'TABLE_NAME_RESERVED');
      assert.ok(!(await store.list()).includes(FENCE_TABLE));
      assert.deepEqual((await table.describe()).reservedNames, []);
    },
    fencing,
  ),
];

const NO_EPOCHS = [0, -1, 1.5, Number.NaN, 2 ** 53].map((epoch) => ['f', epoch] as const);

async function filled(table: Table): Promise<Table> {
  await fill(table, BEFORE);
  return table;
}
