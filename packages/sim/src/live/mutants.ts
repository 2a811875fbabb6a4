import type { FaultBudget } from '@changeover/tester';
import type { Edit } from '../mutants/index.ts';
import type { SizeName } from './sizes.ts';

export interface LiveMutant {
  readonly name: string;
  /** What is broken, and what that leads to. */
  readonly broken: string;
  readonly edits: readonly Edit[];
  /** The size of the programs that find it; `default` if not given. */
  readonly size?: SizeName;
  /** Needs stores that fail and workers that crash: as usual, or only so much of it. */
  readonly faults?: true | FaultBudget;
  /** How likely requests arrive after their caller has given up, if the size does not say. */
  readonly late?: number;
}

function edit(file: string, find: string, replace: string): Edit {
  return { file: `${file}.ts`, find, replace };
}

/** Defects of the protocol's own design: each takes away one thing that it seems one could do without. */
const PROTOCOL_MUTANTS: readonly LiveMutant[] = [
  {
    name: 'NoFence',
    broken: 'batches touch no fence',
    edits: [
      edit(
        'meta',
        "return writesFences(manifest) ? { ...fence, kind: 'merge', properties: {} } : { ...fence, kind: 'check' };",
        "return { partitionKey, rowKey: '_changeover.none', kind: 'delete' };",
      ),
    ],
  },
  {
    name: 'FenceWithoutEpoch',
    broken: 'one fence for all epochs',
    edits: [edit('meta', '`${FENCE}${epoch}${complete', '`${FENCE}${complete')],
    size: 'few rows',
  },
  {
    name: 'CompleteNoBump',
    broken: 'the complete mark does not change the fence (R1)',
    edits: [
      edit('meta', "${epoch}${complete ? '.complete' : ''}", '${epoch}'),
      edit('complete', '[dropFence(partitionKey, seen), raiseFence(partitionKey, meta)]', '[]'),
    ],
    size: 'few rows to the end',
  },
  {
    name: 'CloseKeepsFence',
    broken: 'a side that closes keeps its fence',
    edits: [edit('turn', 'fences: [dropFence(partitionKey, step.seen)]', 'fences: []')],
  },
  {
    name: 'OpenBeforeClose',
    broken: 'the next owner opens before the last has closed',
    edits: [
      edit(
        'turn',
        'metas = await take(work, metas, step);',
        `if (step.kind === 'close') {
      const early = openStep(metas, step.seen, work.plan);
      if (early.kind === 'open') await take(work, metas, early);
    }
    metas = await take(work, metas, step);`,
      ),
    ],
  },
  {
    name: 'OpenWithoutCas',
    broken: 'opening does not ask whether anybody opened before (R3)',
    edits: [
      edit(
        'turn',
        'const batch = [metaWrite(partitionKey, seen, meta), ...fences];',
        `const opens = meta.state === 'open' && seen?.state !== 'open';
  const batch = [metaWrite(partitionKey, seen, meta), ...fences].map((each) =>
    opens ? { ...each, kind: 'upsertReplace' } : each,
  );`,
      ),
    ],
    size: 'few rows',
  },
  {
    name: 'OwnerWins',
    broken: 'no tags: the row of the owner always counts (R4)',
    edits: [edit('overlay', 'rival.tag > candidate.tag ? rival : candidate', 'candidate')],
  },
  {
    name: 'NoFloor',
    broken: 'what is older than complete counts again (R5)',
    edits: [edit('turn', 'closed.complete ? epoch : (seen?.floor ?? 0)', '0')],
    size: 'back from the target only',
  },
  {
    name: 'GarbageStays',
    broken: 'complete forgets the floor, and garbage is not made tombstones',
    edits: [edit('copy', "if (standing.floors[owner] === 0) return 'done';", "if (standing) return 'done';")],
    size: 'back from the target only',
  },
  {
    name: 'BackSkipsTombstones',
    broken: 'deletes are not copied',
    edits: [edit('copy', 'return own && !own.tombstone ? put(own', 'return own && !own ? put(own')],
  },
  {
    name: 'CopyUnfenced',
    broken: 'the copy touches no fence (R6)',
    edits: [
      edit('copy', '[touchFence(sides[owner].manifest, partitionKey, fence), ...writes]', '(fence, writes)'),
    ],
    size: 'late copies',
  },
  {
    name: 'CopyForgetsOrigin',
    broken: 'the copy does not keep the version',
    edits: [edit('copy', '{ tag: epoch, origin, operation', '{ tag: epoch, operation')],
  },
  {
    name: 'CopyRealOrigin',
    broken: "the copy keeps the store's version, not the one that the application knows",
    edits: [
      edit(
        'copy',
        'const origin = virtualVersion(winner);',
        "const origin = (winner.side === 'source' ? 's' : 't') + winner.version;",
      ),
      edit('copy', 'if (isSame(own, winner)) return undefined;', ''),
    ],
  },
  {
    name: 'MergeKeepsOrigin',
    broken: 'a merge leaves the origin of the row that it changes',
    edits: [edit('physical-row', "    [ORIGIN]: { type: 'string', value: '' },\n", '')],
  },
  {
    name: 'UpsertMergeKeepsOrigin',
    broken: 'only a blind merge leaves the origin',
    edits: [
      edit(
        'translate',
        'if (own === winner) return { ...write, properties: overHidden(write.properties, hidden) };',
        `if (own === winner) {
        const { _changeover_origin: _, ...properties } = overHidden(write.properties, hidden);
        return { ...write, properties };
      }`,
      ),
    ],
  },
  {
    name: 'NoCrossCheck',
    broken: 'two metas are put together whatever they say (R7)',
    edits: [
      edit('standing', 'if (!isClosedAt(before, epoch - 1))', 'if (!isClosedAt(before, epoch - 1) && !last)'),
    ],
  },
  {
    name: 'TrustCompleteCache',
    broken: 'a hint of complete is believed without the meta (R8)',
    edits: [
      edit(
        'see',
        'const standing = standingOfOne(view.meta);',
        "const standing = { kind: 'owned', ...hint, floors: { source: 0, target: 0 } };",
      ),
    ],
  },
  {
    name: 'FilterShadow',
    broken: 'both sides are filtered, and nobody looks for what is shadowed',
    edits: [
      edit('query-managed', 'const filtered = options.filter !== undefined;', 'const filtered = !options;'),
    ],
  },
  {
    name: 'ShadowOtherInstant',
    broken: 'what is shadowed is asked for at another instant than the filter (R9)',
    edits: [
      edit(
        'query-managed',
        'named(owner, shadowed, { ...rest, filter }),',
        'named(owner, shadowed, shadowed.length > 0 ? rest : { ...rest, filter }),',
      ),
      edit(
        'query-managed',
        'rows: sided(owner, now.rows, frozenRows)',
        'rows: sided(owner, new Map([...first[owner], ...now.rows]), frozenRows)',
      ),
    ],
    size: 'queries',
  },
  {
    name: 'NoStaleCandidates',
    broken: "the owner's older hits are not held against the other side",
    edits: [
      edit('query-managed', '.filter(({ tag }) => tag < standing.epoch)', '.filter(({ tag }) => tag < 0)'),
    ],
    size: 'queries',
  },
  {
    name: 'StaleReadUnchecked',
    broken: 'the frozen side is read again without its meta (R10)',
    edits: [
      edit(
        'query-managed',
        'if (beside !== NOTHING && !isClosedAt',
        'if (beside !== NOTHING && !owner && !isClosedAt',
      ),
    ],
    size: 'queries between turns',
  },
  {
    name: 'FastCondStale',
    broken: "a version of the owner's own is sent unread in every epoch (R14)",
    edits: [edit('decide-unread', 'if (!isWhole(hint) && hint.epoch > 1) return undefined;', '')],
    size: 'few rows',
  },
  {
    name: 'PageHorizonOwner',
    broken: 'a page ends where the page of one side does',
    edits: [
      edit(
        'page',
        'earlier(pages.source.continuation, pages.target.continuation)',
        'pages.target.continuation',
      ),
    ],
    size: 'scans',
  },
  {
    name: 'DirectDeleteAny',
    broken: 'a physical delete does not say which row it was for',
    edits: [
      edit(
        'decide-alone',
        '? { ...write, condition: own.version } : write;',
        "? { ...write, condition: '*' } : write;",
      ),
    ],
    size: 'few rows to the end',
  },
  {
    name: 'StripBeforeFence',
    broken: 'rows are rewritten while the fence still stands (R15)',
    edits: [
      edit('clean-up', "if (!meta || metaOf(meta).state !== 'alone') return;", 'if (!meta) return;'),
      edit(
        'clean-up',
        '[metaWrite(partitionKey, mine, meta), dropFence(partitionKey, mine)]',
        '[metaWrite(partitionKey, mine, meta)]',
      ),
    ],
    size: 'few rows to the end',
  },
  {
    name: 'NoStamp',
    broken: 'a change of direction marks nothing (R17)',
    edits: [
      edit(
        'stamp',
        'if (over) return over;',
        "if (over) return over;\n    if (work.plan > 1) return 'done';",
      ),
    ],
  },
  {
    name: 'RetryBlindly',
    broken: 'a batch without a reply is worked out and sent anew',
    edits: [
      edit(
        'write-managed',
        'return resolveLost(client, batch, decision, operation, outcome.error, options);',
        'return AGAIN;',
      ),
    ],
    faults: true,
  },
  {
    name: 'AbsentIsProof',
    broken: 'a row that is absent proves that its insert has not arrived (R13)',
    edits: [edit('lost-reply', 'return undeleted && !row;', 'return (undeleted || !undeleted) && !row;')],
    size: 'lost replies to the end',
  },
  {
    name: 'BornIsBrought',
    broken: 'absence is proof also in a partition that others may use alone already',
    edits: [edit('lost-reply', ' && !meta.born &&', ' &&')],
    size: 'late births',
  },
  {
    name: 'HelpUnresolved',
    broken: 'a phase is acknowledged while help that got no answer may still arrive',
    edits: [edit('write-managed', "if (outcome === 'unknown' &&", "if (outcome === 'unknown' && !work &&")],
    size: 'late help',
    late: 0.9,
    faults: { before: 1 },
  },
  {
    name: 'WipedIsProof',
    broken: 'absence is proof also on a side that was retired, and may have been wiped',
    edits: [edit('lost-reply', " && meta.state !== 'retired'", '')],
    size: 'lost replies turned back',
    faults: true,
  },
  {
    name: 'FirstMarkUnresolved',
    broken: 'the first batch of a partition got no reply, and is let go (R12)',
    edits: [
      edit(
        'write-managed',
        'return settleBirth(client, partitionKey, birth, outcome.error, options);',
        'throw outcome.error;',
      ),
    ],
    size: 'late births',
  },
  {
    name: 'AckWithPendingRequest',
    broken: 'a phase is acknowledged while a request of the last one may still arrive (R11)',
    edits: [
      edit('migrating-table', 'unresolved: (side) => this.#remember(side),', 'unresolved: () => undefined,'),
    ],
    late: 0.3,
  },
  {
    name: 'ChunksNoSeqlock',
    broken: 'an answer in parts is not of one instant',
    edits: [edit('read-in-parts', 'if (versionsOf(before) === versionsOf(after))', 'if (after)')],
    size: 'answers in parts',
  },
  {
    name: 'ChecksBesideParts',
    broken: 'a fence is checked, and not written, on a side that is read in parts',
    edits: [edit('meta', 'return writesFences(manifest) ?', 'return !manifest.check ?')],
    size: 'answers in parts',
  },
  {
    name: 'WholeInPages',
    broken:
      'what one answer does not hold is read in pages, although nothing shows what changes between them',
    edits: [
      edit(
        'read-side',
        'return oneAnswer(await table.query(partitionKey, { ...asked, whole: true }));',
        'return oneAnswer(await rowsOf(table, partitionKey, asked));',
      ),
    ],
    size: 'answers beyond their limit',
  },
  {
    name: 'FenceRefusalIsAbsence',
    broken: 'a delete that found no fence is told as one that found no row',
    edits: [
      edit(
        'write-managed',
        "if (index < 0 || refusals === 'races') return",
        "if (isNeedless(batch[Math.max(index, 0)] as Write, outcome.code)) return answer([{ version: undefined }]);\n  if (index < 0 || refusals === 'races') return",
      ),
    ],
  },
  {
    name: 'WipeMeta',
    broken: 'the meta of a retired side is wiped, too (R16)',
    edits: [
      edit('clean-up', 'ours.filter((row) => !isMeta(row)),', 'ours.filter((row) => isMeta(row) || true),'),
    ],
    size: 'late births',
  },
  {
    name: 'GiveUpMissing',
    broken: 'the fence of a partition goes, and its meta still says open: who meets it tries for ever',
    edits: [edit('clean-up', "{ ...bare(mine), state: 'alone' } as const", '{ ...bare(mine) } as const')],
    size: 'few rows to the end',
  },
  {
    name: 'StaleWorkerIgnoresPlan',
    broken: 'a worker does not ask whether its plan is over',
    edits: [edit('turn', 'if (meta && meta.plan > plan)', 'if (meta && meta.plan > plan + 100)')],
  },
];

/**
 * Defects of this code, as they are made in passing.
 *
 * Not among them, because nothing can tell them from the protocol as it is: a half-way turn that is stamped and not
 * finished (whoever brings the partition finishes it, and nobody is *alone* before), and a helper who opens without the
 * newer plan (the closed meta beside it has that); and a write that is found again and told under the version of the row
 * as it lies there (no copy of it is ever brought over it: what has its version already is skipped).
 */
const OWN_MUTANTS: readonly LiveMutant[] = [
  {
    name: 'SideTagMissing',
    broken: 'versions of both stores look alike',
    edits: [edit('virtual-version', "target: 't'", "target: 's'")],
    size: 'few rows',
  },
  {
    name: 'TombstoneVersionLeaks',
    broken: 'a delete gives the version of its tombstone',
    edits: [edit('write-managed', "batch[index]?.kind === 'delete' || version", 'version')],
  },
  {
    name: 'CloseForgetsComplete',
    broken: 'a side that closes does not say that it was complete',
    edits: [
      edit(
        'turn',
        "{ ...bare(last), state: 'closed', plan }",
        "{ ...bare(last), state: 'closed', complete: false, plan }",
      ),
    ],
    size: 'back from the target only',
  },
  {
    name: 'FloorForgotten',
    broken: 'a side that opens again after one that was not complete has no floor any more',
    edits: [edit('turn', '(seen?.floor ?? 0)', '0')],
    size: 'back from the target only',
  },
  {
    name: 'BlindMergeOverGarbage',
    broken: 'an upsert merges into garbage, or over a row that is not copied yet',
    edits: [edit('translate', 'if (own === winner) return', 'if (own === winner || !current) return')],
    size: 'back from the target only',
  },
  {
    name: 'BuryCurrent',
    broken: 'garbage is made a tombstone although it is the row that counts',
    edits: [edit('copy', ' && !isSame(row, virtualRowOf(seen, row.rowKey))', '')],
    size: 'back from the target only',
  },
  {
    name: 'BirthWithoutPlan',
    broken: 'partitions that are born are marked with no plan',
    edits: [edit('decide', 'birth(batch, context.plan)', 'birth(batch, 0)')],
    size: 'births in an abort',
  },
  {
    name: 'ScanTrustsFirstMetas',
    broken: 'the metas of the partition that a page begins within are not read again',
    edits: [
      edit('scan-managed', 'if (before && behind && !sameMetas', 'if (before && !behind && !sameMetas'),
    ],
    size: 'scans to the end',
  },
  {
    name: 'PageForgetsMeta',
    broken: 'a page that ends before the meta of a partition takes it for one without',
    edits: [edit('page', 'const covered = isWithin ||', 'const covered = true || isWithin ||')],
    size: 'scans',
  },
  {
    name: 'StripOverwrites',
    broken: 'rows are stripped whatever became of them meanwhile',
    edits: [
      edit(
        'clean-up',
        "{ ...keyOf(row), kind: 'replace', condition, properties }",
        "{ ...keyOf(row), kind: 'upsertReplace', properties }",
      ),
    ],
    size: 'few rows to the end',
  },
  {
    name: 'LostReplyIsDone',
    broken: 'a worker takes a copy without a reply for done',
    edits: [
      edit(
        'copy',
        "if (outcome.kind === 'done') return 'done';",
        "if (outcome.kind !== 'refused') return 'done';",
      ),
    ],
    faults: true,
  },
  {
    name: 'AloneMergesBlindly',
    broken: 'after the migration a merge leaves what is hidden in the row',
    edits: [
      edit(
        'decide-alone',
        "return own ? { ...row, kind: 'replace', condition: own.version }",
        "if (own && merges) return { ...write, kind: 'merge', condition: own.version };\n  return own ? { ...row, kind: 'replace', condition: own.version }",
      ),
    ],
    size: 'few rows to the end',
  },
  {
    name: 'AckAtOnce',
    broken: 'a phase is acknowledged while operations of the last one are under way (R11)',
    edits: [edit('migrating-table', 'await this.#inFlight.drained();', 'void this.#inFlight.drained();')],
    size: 'few rows',
  },
  {
    name: 'UnreadInsertTooEarly',
    broken: 'an insert is sent unread before the owner has everything',
    edits: [
      edit(
        'decide-unread',
        'return isWhole(hint) ? { ...write, properties: withHidden(',
        'return hint ? { ...write, properties: withHidden(',
      ),
    ],
  },
  {
    name: 'TombstoneIsRow',
    broken: 'a tombstone counts as a row',
    edits: [edit('overlay', 'return winner?.tombstone ? undefined : winner;', 'return winner;')],
  },
  {
    name: 'CopyOverwrites',
    broken: 'a copy replaces what a client has written meanwhile',
    edits: [
      edit(
        'translate',
        "return own ? { ...row, kind: 'replace', condition: own.version } : { ...row, kind: 'insert' };",
        "return hidden.origin !== undefined ? { ...row, kind: 'upsertReplace' } : own ? { ...row, kind: 'replace', condition: own.version } : { ...row, kind: 'insert' };",
      ),
    ],
  },
  {
    name: 'BirthUnguarded',
    broken: 'a partition is born without asking whether the phase is over',
    edits: [
      edit(
        'write-managed',
        'birth === undefined ? client.sides[side] : client.guarded[side]',
        'client.sides[side]',
      ),
    ],
    size: 'guarded',
  },
  {
    name: 'HelpUnguarded',
    broken: 'a client opens a partition without asking whether the phase is over',
    edits: [edit('write-managed', '{ guarded: sides, unresolved }: Client', '{ sides, unresolved }: Client')],
    size: 'guarded',
  },
  {
    name: 'AloneUnguarded',
    broken: 'a side that is used as it is is written without asking whether the phase is over',
    edits: [edit('write-alone', 'client.guarded[side]', 'client.sides[side]')],
    size: 'guarded',
  },
  {
    name: 'LateRefusalTrusted',
    broken: 'a write is refused for what a side says that the partition has left',
    edits: [edit('write-alone', 'if (mayLack(meta))', 'if (mayLack(meta) && !meta)')],
    size: 'late refusals',
  },
  {
    name: 'LateRefusalUnfinished',
    broken: 'a write is refused for what a side does not have that owns the partition, and is not complete',
    edits: [
      edit(
        'write-alone',
        'if (mayLack(meta))',
        "if (mayLack(meta) && (meta?.state === 'closed' || meta?.state === 'retired'))",
      ),
    ],
    size: 'late refusals',
  },
  {
    name: 'PartsBesideAlone',
    broken: 'a side is read in parts while somebody writes to it without a fence',
    edits: [edit('read-in-parts', ' && !isLone', ' && (true || isLone)')],
    size: 'parts to the end',
  },
  {
    name: 'WorkerHidesBirth',
    broken: 'a worker does not mark a partition as born on the target',
    edits: [edit('turn', "unbegun(plan, born === 'target')", 'unbegun(plan, false)')],
    size: 'births beside the target only',
  },
  {
    name: 'LateReadTrusted',
    broken: 'a client that uses a side as it is does not see that the partition has left',
    edits: [
      edit(
        'query-alone',
        'if (!hasAll(meta)) return queryManaged(client, partitionKey, options);',
        'if (!hasAll(undefined)) return queryManaged(client, partitionKey, options);\n  void meta;',
      ),
    ],
    size: 'late reads',
  },
  {
    name: 'LateScanTrusted',
    broken: 'a scan of a side that is used as it is does not see that partitions have left',
    edits: [edit('scan-alone', '!(await allHere(', '!(await true) && !(await allHere(')],
    size: 'late scans',
  },
  {
    name: 'LateScanEdges',
    broken: 'of the partitions at the ends of a page nobody asks whether they have left',
    edits: [
      edit(
        'scan-alone',
        'return metas.every((row) => hasAll(row && metaOf(row)));',
        'return metas.every(() => true);',
      ),
    ],
    size: 'late scans',
  },
  {
    name: 'CompleteSkipsCopy',
    broken: 'a partition is said to be complete when its copy was cut short',
    edits: [edit('complete', "return copied === 'done' ?", "return copied !== 'retired' ?")],
    faults: true,
  },
];

export const MUTANTS: readonly LiveMutant[] = [...PROTOCOL_MUTANTS, ...OWN_MUTANTS];
