import type { Mutant } from '../mutants/index.ts';

/** A bug of the original, by its number in the published list of bugs, as far as it stands there. */
export interface Bug extends Mutant {
  /** What is broken, in a sentence. */
  readonly broken: string;
}

const TARGET_QUERY = 'const inTarget = switched ? await this.#target.query(partition) : [];';
const DELETE_IF_EXISTS = `      return leaveTombstones
        ? { kind: 'insertOrReplace', row, properties: TOMBSTONE }
        : { kind: 'deleteIfExists', row };`;
/** Where there is nothing, such a delete becomes nothing. */
const DELETE_OF_NOTHING = {
  file: 'translate.ts',
  find: DELETE_IF_EXISTS,
  replace: `      if (!live) return undefined as unknown as Write;
      return leaveTombstones
        ? { kind: 'replace', row, properties: TOMBSTONE, version: live.version }
        : { kind: 'delete', row, version: live.version };`,
};
const TRANSLATED_BATCH = 'const result = await this.#target.batch(partition, translated.writes);';
const SENT_BATCH =
  'const result = await this.#target.batch(partition, translated.writes.filter((write) => write));';
const VERSIONS =
  'versions: result.versions.map((version, index) => (isDelete(writes[index]) ? undefined : version)),';
const SENT_VERSIONS = `versions: writes.map((write, index) =>
          isDelete(write)
            ? undefined
            : result.versions[translated.writes.filter((each) => each).indexOf(translated.writes[index]!)],
        ),`;

/** All that were ever found in the original, and those that it was given on purpose. */
export const BUGS: readonly Bug[] = [
  {
    name: 'QueryAtomicFilterShadowing',
    broken:
      'A query pushes its filter down to the target, where a row that does not match then no longer hides the one in the source.',
    edits: [
      {
        file: 'migrating-table.ts',
        find: TARGET_QUERY,
        replace: 'const inTarget = switched ? await this.#target.query(partition, { filter }) : [];',
      },
    ],
  },
  {
    name: 'QueryStreamedFilterShadowing',
    broken: 'A stream does the same, when it opens the target and when it opens it again.',
    edits: [
      {
        file: 'migrating-stream.ts',
        find: 'await this.#target.open(undefined, this.#after)',
        replace: 'await this.#target.open(this.#filter, this.#after)',
      },
    ],
  },
  {
    name: 'QueryStreamedLock',
    broken: 'A stream may be read while it is adapting to a new state.',
    edits: [{ file: 'migrating-stream.ts', find: 'return this.#lock.run(act);', replace: 'return act();' }],
  },
  {
    name: 'QueryStreamedBackUpNewStream',
    broken:
      'A stream that drops the source goes on in the target from where it stands, ahead of rows that were copied behind it.',
    edits: [
      {
        file: 'migrating-stream.ts',
        find: `      this.#inTarget?.close();
      this.#inTarget = await this.#openTarget();`,
        replace: '',
      },
    ],
  },
  {
    name: 'QueryStreamedSaveNewConfig',
    broken: 'A stream adapts to a new state and forgets that it has: at the next one it does it again.',
    edits: [{ file: 'migrating-stream.ts', find: '    this.#state = state;\n  }', replace: '  }' }],
  },
  {
    name: 'DeleteNoLeaveTombstonesETag',
    broken: 'In the last state a row is deleted without the version that was read.',
    edits: [
      {
        file: 'translate.ts',
        find: ": { kind: 'delete', row, version: live.version };",
        replace: ": { kind: 'delete', row, version: '' };",
      },
    ],
  },
  {
    name: 'DeletePrimaryKey',
    broken: 'What a delete becomes does not say which row it is about.',
    edits: [
      {
        file: 'translate.ts',
        find: "? { kind: 'replace', row, properties: TOMBSTONE, version: live.version }",
        replace: "? { kind: 'replace', row: '', properties: TOMBSTONE, version: live.version }",
      },
    ],
  },
  {
    name: 'EnsurePartitionSwitchedFromPopulated',
    broken: 'A partition that is populated is taken for switched, since it has a meta row.',
    edits: [
      {
        file: 'partition-state.ts',
        find: 'if (isSwitched(meta)) return;',
        replace: 'if (meta) return;',
      },
    ],
  },
  {
    name: 'TombstoneOutputETag',
    broken: 'Whoever deletes a row is told the version of its tombstone.',
    edits: [
      {
        file: 'migrating-table.ts',
        find: '(isDelete(writes[index]) ? undefined : version)',
        replace: "(translated.writes[index]?.kind === 'delete' ? undefined : version)",
      },
    ],
  },
  {
    name: 'MigrateSkipPreferOld',
    broken: 'Some applications already switch partitions while others know nothing of the target.',
    edits: [{ file: 'migrator.ts', find: "    await this.#push('preferSource');\n", replace: '' }],
  },
  {
    name: 'MigrateSkipUseNewWithTombstones',
    broken:
      'Some applications already delete without leaving tombstones while others still look into the source.',
    edits: [{ file: 'migrator.ts', find: "    await this.#push('targetWithTombstones');\n", replace: '' }],
  },
  {
    name: 'InsertBehindMigrator',
    broken: 'Rows are copied while some applications may still write to the source, behind the copy.',
    edits: [
      {
        file: 'migrator.ts',
        find: `    await this.#push('preferTarget');
    await this.#copy();`,
        replace: `    await this.#copy();
    await this.#push('preferTarget');`,
      },
    ],
  },
  {
    name: 'CleanUpRacesEnsureSwitched',
    broken:
      'The copy passes by a partition that has reserved rows alone, and in the last state a write still switches it, in a source that is being taken away.',
    edits: [
      {
        file: 'migrating-table.ts',
        find: "if (state !== 'targetOnly') await ensureSwitched",
        replace: 'await ensureSwitched',
      },
      {
        file: 'migrator.ts',
        find: `      if (row.partition !== partition) await ensureSwitched(this.#source, row.partition);
      partition = row.partition;
      if (!isReserved(row)) await`,
        replace: `      if (isReserved(row)) return;
      if (row.partition !== partition) await ensureSwitched(this.#source, row.partition);
      partition = row.partition;
      await`,
      },
    ],
  },
  {
    name: 'DeleteIfExistsEmptyBatch',
    broken: 'A delete of a row that is not there becomes nothing, and a batch of nothing is sent.',
    edits: [
      DELETE_OF_NOTHING,
      { file: 'migrating-table.ts', find: TRANSLATED_BATCH, replace: SENT_BATCH },
      { file: 'migrating-table.ts', find: VERSIONS, replace: SENT_VERSIONS },
    ],
  },
  {
    name: 'DeleteIfExistsNotLinearizable',
    broken:
      'The same without the empty batch: nothing holds the rest of the batch to the instant at which the row was not there.',
    edits: [
      DELETE_OF_NOTHING,
      {
        file: 'migrating-table.ts',
        find: TRANSLATED_BATCH,
        replace: `if (translated.writes.every((write) => !write)) return { versions: writes.map(() => undefined) };
      ${SENT_BATCH}`,
      },
      { file: 'migrating-table.ts', find: VERSIONS, replace: SENT_VERSIONS },
    ],
  },
];

/**
 * One that nobody knew of: what was described as the protocol has it. The default scenario does not find it in hundreds of
 * thousands of schedules; every order of a delete beside a stream does.
 */
export const SIXTEENTH: Bug = {
  name: 'QueryStreamedDropsSourceLate',
  broken:
    'A stream reads the source up to the last state, while others, who are there already, delete rows without a tombstone.',
  edits: [
    {
      file: 'migrating-stream.ts',
      find: 'if (this.#inSource && !readsSource(state)) {',
      replace: "if (this.#inSource && state === 'targetOnly') {",
    },
  ],
};
