import { isCode } from '../std/index.ts';
import {
  formatKey,
  type Manifest,
  problemWithin,
  type RowData,
  type Store,
  type Table,
} from '../table/index.ts';
import { pagesOf } from '../transfer/index.ts';
import { openProgress, readMark, type TargetMark } from './checkpoints.ts';
import { refuse } from './errors.ts';
import { findJob } from './job.ts';
import type { MoveContext, MoveRequest, TablePair } from './request.ts';

const SCAN_ROWS = 1000;
const SCAN_BYTES = 8 * 1024 * 1024;

/** Refuses a move of a table onto itself. Asks no store. */
export function checkPlaces({ source, target, tables }: MoveRequest): void {
  if (source.identity !== target.identity) return;
  for (const pair of tables) {
    if (pair.source === pair.target) {
      throw refuse(
        'MOVE_SAME_PLACE',
        `the source and the target are the same table: ${JSON.stringify(pair.source)} in ${source.location}`,
        'Name another target.',
      );
    }
  }
}

/** Refuses a source that has rows, properties or columns by the names that our metadata has. */
export async function checkReservedNames(source: Table): Promise<void> {
  const { reservedNames } = await source.describe();
  if (reservedNames.length === 0) return;
  throw refuse(
    'MOVE_RESERVED_NAMES',
    `the source table ${JSON.stringify(source.name)} uses names that are reserved: ${reservedNames.join(', ')}`,
    'Finish or abort the live migration that left them, or rename them.',
  );
}

/** The target table, or undefined if there is none yet. */
export async function openTarget(target: Store, name: string): Promise<Table | undefined> {
  try {
    return await target.open(name);
  } catch (error) {
    if (isCode(error, 'TABLE_NOT_FOUND')) return undefined;
    throw error;
  }
}

/** Refuses a target table that holds anything, unless the request consents. */
export async function checkEmpty(table: Table, { recreate, intoExisting }: MoveRequest): Promise<void> {
  if (recreate || intoExisting || (await table.describe()).empty) return;
  throw refuse(
    'MOVE_NOT_EMPTY',
    `the target table ${JSON.stringify(table.name)} holds rows that this job did not write`,
    'Use --into-existing to write over and beside them, or --recreate to drop the table first.',
  );
}

/** Refuses a target table into which another job is still writing. Answers with the mark that is there. */
export async function checkMark(
  request: MoveRequest,
  context: MoveContext,
  pair: TablePair,
  job: string,
): Promise<TargetMark | undefined> {
  const progress = await openProgress(request.target);
  if (!progress) return undefined;
  try {
    const mark = await readMark(progress, pair.target);
    if (!mark || (mark.job === job && mark.control === context.control.identity)) return mark;
    if (request.recreate || !(await isLive(mark, context))) return mark;
    throw refuse(
      'MOVE_JOB_ELSEWHERE',
      `job ${mark.job} is still writing into the target table ${JSON.stringify(pair.target)}; it is kept in the ` +
        `control store ${mark.controlLocation}`,
      `Finish it or give it up there ("changeover abandon ${mark.job} --control …"). If that control store is lost, ` +
        '--recreate starts over.',
    );
  } finally {
    await progress.close();
  }
}

/** A mark of our own control store counts only while its job is open; about another's, only the mark itself speaks. */
async function isLive(mark: TargetMark, { control }: MoveContext): Promise<boolean> {
  if (mark.state === 'copied') return false;
  if (mark.control !== control.identity) return true;
  const owner = await findJob(control, mark.job);
  return owner !== undefined && !owner.document.abandoned;
}

/**
 * Refuses rows that the target could not hold bit for bit, before anything is written. Reads the source to its end
 * unless the manifests prove that every row will fit.
 */
export async function checkRepresentable(
  source: Table,
  target: Table | undefined,
  request: MoveRequest,
  signal: AbortSignal,
): Promise<void> {
  const { manifest } = target ?? request.target;
  if (fitsAnything(source.manifest, manifest)) return;
  const problemOf = (row: RowData) => (target ? target.problemOf(row) : problemWithin(manifest, row));
  await scanAll(source, request, signal, (row) => {
    const problem = problemOf(row);
    if (problem) throw notRepresentable(source, row, problem.property, problem.reason);
  });
}

async function scanAll(
  source: Table,
  { filter }: MoveRequest,
  signal: AbortSignal,
  check: (row: RowData) => void,
): Promise<void> {
  const options = { filter, rows: SCAN_ROWS, bytes: SCAN_BYTES, signal };
  for await (const page of pagesOf(source, { after: undefined, through: undefined }, options))
    page.rows.forEach(check);
}

/** Whether a table with the manifest `target` can hold whatever one with `source` may hold. */
function fitsAnything(source: Manifest, target: Manifest): boolean {
  if (target.columns !== undefined || !source.valueTypes.every((type) => target.valueTypes.includes(type)))
    return false;
  const limits = ['keyBytes', 'rowBytes', 'properties', 'propertyNameBytes'] as const;
  // A mapped source may still hold what no contract value can be; reading it through once is what tells.
  return source.layout === 'own' && limits.every((limit) => target.limits[limit] >= source.limits[limit]);
}

function notRepresentable(source: Table, row: RowData, property: string | undefined, reason: string): Error {
  const subject = property === undefined ? 'the row' : `property ${JSON.stringify(property)}`;
  return refuse(
    'MOVE_NOT_REPRESENTABLE',
    `table ${JSON.stringify(source.name)}, row ${formatKey(row)}: ${subject} ${reason}`,
    'Nothing was written. Choose a target that can hold it, or leave such rows out with --where.',
    { table: source.name, partitionKey: row.partitionKey, rowKey: row.rowKey, property },
  );
}
