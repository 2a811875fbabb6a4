import { isCode } from '../std/index.ts';
import {
  formatKey,
  type Manifest,
  type Problem,
  problemWithin,
  type RowData,
  type RowKey,
  type Store,
  type Table,
} from '../table/index.ts';
import { pagesOf } from '../transfer/index.ts';
import { openProgress, readMark, type TargetMark } from './checkpoints.ts';
import { type MoveError, refuse } from './errors.ts';
import { findJob } from './job.ts';
import { commitsMarks } from './load-marked.ts';
import type { Outlook } from './outlook.ts';
import type { MoveContext, MoveRequest } from './request.ts';

const SCAN_ROWS = 1000;
const SCAN_BYTES = 8 * 1024 * 1024;

/** The two sides of one table, as they stand before a move. */
export interface TableSides {
  readonly source: Table;
  /** The target's name of the table. */
  readonly name: string;
  /** Undefined if there is none yet. */
  readonly target: Table | undefined;
  /** What some job said in the target about its table; undefined if none ever did. */
  readonly mark: TargetMark | undefined;
}

/** Opens the target's side of a table. The caller closes it; the source stays the caller's own. */
export async function openSides(request: MoveRequest, source: Table, name: string): Promise<TableSides> {
  const mark = await findMark(request.target, name);
  return { source, name, target: await openTarget(request.target, name), mark };
}

/**
 * Everything but values that stands in the way of moving one table by these steps, in the order in which it is looked
 * for. A move throws the first; a plan lists all.
 */
export async function findRefusals(
  sides: TableSides,
  request: MoveRequest,
  context: Pick<MoveContext, 'control'>,
  { steps, id, setUpFor }: Pick<Outlook, 'steps' | 'id' | 'setUpFor'>,
): Promise<readonly MoveError[]> {
  if (steps.every((step) => step === 'validate')) return [];
  const { source, target, mark } = sides;
  const found = [await checkMark(sides, request, context, id)];
  if (steps.includes('setup')) {
    found.push(await checkReservedNames(source), checkFit(target, request), await checkDrop(target, request));
    const ours = mark?.job === id && mark.control === context.control.identity;
    // What this generation copied is no reason to refuse it to go on, even if setup is named again.
    const written = ours && mark.generation === setUpFor;
    if (target && !written) found.push(await checkEmpty(target, request));
  }
  return found.filter((refusal) => refusal !== undefined);
}

/** Refuses a move of a table onto itself, or onto another that is moved. Asks no store. */
export function checkPlaces(request: MoveRequest): void {
  const refusal = findSamePlace(request);
  if (refusal) throw refusal;
}

/** The refusal of a move into any table that it reads: consent to recreate the one would drop the other. */
export function findSamePlace({ source, target, tables }: MoveRequest): MoveError | undefined {
  if (source.identity !== target.identity) return undefined;
  const sources = new Set(tables.map((pair) => pair.source));
  const both = tables.find((pair) => sources.has(pair.target));
  if (!both) return undefined;
  return refuse(
    'MOVE_SAME_PLACE',
    `the table ${JSON.stringify(both.target)} in ${source.location} is both a source and a target`,
    'Name another target.',
  );
}

/** The refusal of a source that has rows, properties or columns by the names that our metadata has. */
async function checkReservedNames(source: Table): Promise<MoveError | undefined> {
  const { reservedNames } = await source.describe();
  if (reservedNames.length === 0) return undefined;
  return refuse(
    'MOVE_RESERVED_NAMES',
    `the source table ${JSON.stringify(source.name)} uses names that are reserved: ${reservedNames.join(', ')}`,
    'Finish or abort the live migration that left them, or rename them.',
  );
}

/** What is an application's own was not made by us, and could not be made again. */
async function checkDrop(
  target: Table | undefined,
  { recreate }: Pick<MoveRequest, 'recreate'>,
): Promise<MoveError | undefined> {
  if (!target || !recreate || target.manifest.layout === 'own' || (await target.describe()).empty)
    return undefined;
  return refuse(
    'MOVE_TARGET_UNFIT',
    `the target table ${JSON.stringify(target.name)} is an application's, and is never dropped`,
    'Empty it by other means first, or use --into-existing instead of --recreate.',
  );
}

/** The refusal of a target that could not keep checkpoints. */
function checkFit(target: Table | undefined, request: MoveRequest): MoveError | undefined {
  const { manifest } = target ?? request.target;
  if (commitsMarks(manifest) || manifest.reservedRows !== 'none') return undefined;
  return refuse(
    'MOVE_TARGET_UNFIT',
    `the store ${manifest.store} has no place for checkpoints`,
    'Choose another target.',
  );
}

/** The refusal of a target table that holds anything, unless the request consents. */
export async function checkEmpty(
  table: Table,
  { recreate, intoExisting }: Pick<MoveRequest, 'recreate' | 'intoExisting'>,
): Promise<MoveError | undefined> {
  if (recreate || intoExisting || (await table.describe()).empty) return undefined;
  return refuse(
    'MOVE_NOT_EMPTY',
    `the target table ${JSON.stringify(table.name)} holds rows that this job did not write`,
    'Use --into-existing to write over and beside them, or --recreate to drop the table first.',
  );
}

/** The refusal of a target table into which another job is still writing. */
export async function checkMark(
  { name, mark }: Pick<TableSides, 'name' | 'mark'>,
  request: MoveRequest,
  context: Pick<MoveContext, 'control'>,
  job: string,
): Promise<MoveError | undefined> {
  if (!mark || (mark.job === job && mark.control === context.control.identity)) return undefined;
  if (request.recreate || !(await isLive(mark, context))) return undefined;
  return refuse(
    'MOVE_JOB_ELSEWHERE',
    `job ${mark.job} is still writing into the target table ${JSON.stringify(name)}; it is kept in the ` +
      `control store ${mark.controlLocation}`,
    `Finish it or give it up there ("changeover abandon ${mark.job} --control …"). If that control store is lost, ` +
      '--recreate starts over.',
  );
}

/** A mark of our own control store counts only while its job is open; about another's, only the mark itself speaks. */
async function isLive(mark: TargetMark, { control }: Pick<MoveContext, 'control'>): Promise<boolean> {
  if (mark.state === 'copied') return false;
  if (mark.control !== control.identity) return true;
  const owner = await findJob(control, mark.job);
  return owner !== undefined && !owner.document.abandoned;
}

async function findMark(target: Store, name: string): Promise<TargetMark | undefined> {
  const progress = await openProgress(target);
  if (!progress) return undefined;
  try {
    return await readMark(progress, name);
  } finally {
    await progress.close();
  }
}

/** The target table, or undefined if there is none yet. A mapped one is an application's: it has to be there. */
export async function openTarget(target: Store, name: string): Promise<Table | undefined> {
  try {
    return await target.open(name);
  } catch (error) {
    if (isCode(error, 'TABLE_NOT_FOUND') && target.mapping === undefined) return undefined;
    throw error;
  }
}

/** Tells why the target could not hold a row; undefined if the manifests prove that it can hold them all. */
export function problemFinder(
  { source, target }: TableSides,
  request: MoveRequest,
): ((row: RowData) => Problem | undefined) | undefined {
  const asked = target ?? request.target;
  const { manifest } = asked;
  if (!request.target.problemOf && fitsAnything(source.manifest, manifest)) return undefined;
  return (row) => (asked.problemOf ? asked.problemOf(row) : problemWithin(manifest, row));
}

/**
 * Refuses rows that the target could not hold bit for bit, before anything is written. Reads the source to its end
 * unless the manifests prove that every row will fit.
 */
export async function checkRepresentable(
  sides: TableSides,
  request: MoveRequest,
  signal: AbortSignal,
): Promise<void> {
  const problemOf = problemFinder(sides, request);
  if (!problemOf) return;
  const options = { filter: request.filter, rows: SCAN_ROWS, bytes: SCAN_BYTES, signal };
  for await (const page of pagesOf(sides.source, { after: undefined, through: undefined }, options)) {
    for (const row of page.rows) {
      const problem = problemOf(row);
      if (problem) throw notRepresentable(sides.source, row, problem);
    }
  }
}

/** Whether a table with the manifest `target` can hold whatever one with `source` may hold. */
function fitsAnything(source: Manifest, target: Manifest): boolean {
  if (target.columns !== undefined || !source.valueTypes.every((type) => target.valueTypes.includes(type)))
    return false;
  const limits = ['keyBytes', 'rowBytes', 'properties', 'propertyNameBytes'] as const;
  // A mapped source may still hold what no contract value can be; reading it through once is what tells.
  return source.layout === 'own' && limits.every((limit) => target.limits[limit] >= source.limits[limit]);
}

/** The refusal of a row that the target could not hold bit for bit. */
export function notRepresentable(source: Table, row: RowKey, { property, reason }: Problem): MoveError {
  const subject = property === undefined ? 'the row' : `property ${JSON.stringify(property)}`;
  return refuse(
    'MOVE_NOT_REPRESENTABLE',
    `table ${JSON.stringify(source.name)}, row ${formatKey(row)}: ${subject} ${reason}`,
    'Nothing was written. Choose a target that can hold it, or leave such rows out with --where.',
    { table: source.name, partitionKey: row.partitionKey, rowKey: row.rowKey, property },
  );
}
