import { isReservedRow, type OperationOptions, type Table, type Write } from '../table/index.ts';
import { attempt } from './attempt.ts';
import { keysAre } from './filters.ts';
import { touchFence } from './meta.ts';
import { type Seen, virtualRowOf, winnerOf } from './overlay.ts';
import { partitionPages } from './partition-pages.ts';
import { type PhysicalRow, physicalRow } from './physical-row.ts';
import { readSide } from './read-side.ts';
import { otherOf, ownerOf, type Side, type Sides, sided } from './side.ts';
import { type Owned, standingOf } from './standing.ts';
import { put } from './translate.ts';
import { Tries } from './tries.ts';
import type { Metas, StepOutcome, Work } from './turn.ts';
import { virtualVersion } from './virtual-version.ts';

/** Rows that are copied in one batch. */
const CHUNK = 100;

/**
 * Brings everything to the owner that it has not yet, in an epoch that is open and not complete. Every batch is under that
 * epoch's fence, and changes only what is still as it was read: whoever wrote a row meanwhile was faster, and right.
 * What is equal already is skipped, so that going back costs only what was changed.
 */
export async function copy(work: Work, metas: Metas, epoch: number): Promise<StepOutcome> {
  const { sides, partitionKey, signal } = work;
  const standing = standingOf(metas);
  if (standing.kind !== 'owned' || standing.epoch !== epoch) return 'moved';
  if (standing.complete) return 'done';
  const owner = ownerOf(epoch);
  const ask = signal ? { signal } : {};
  const job: Job = { sides, partitionKey, standing, owner, ask };
  for await (const rows of chunksOf(otherOf(owner), sides[otherOf(owner)], partitionKey, ask)) {
    await work.admit?.(rows.length);
    if (!(await copyChunk(job, rows))) return 'moved';
  }
  if (standing.floors[owner] === 0) return 'done';
  for await (const rows of chunksOf(owner, sides[owner], partitionKey, ask)) {
    const garbage = rows.filter((row) => isGarbage(job, row));
    if (garbage.length > 0 && !(await buryChunk(job, garbage))) return 'moved';
  }
  return 'done';
}

interface Job {
  readonly sides: Sides;
  readonly partitionKey: string;
  readonly standing: Owned;
  readonly owner: Side;
  readonly ask: OperationOptions;
}

/** False if the epoch is over. */
async function copyChunk(job: Job, frozen: readonly PhysicalRow[]): Promise<boolean> {
  for (const tries = triesOf(job); ; tries.next()) {
    const own = await rowsOf(job, job.owner, frozen);
    const rows = sided(job.owner, own, new Map(frozen.map((row) => [row.rowKey, row])));
    const writes = frozen
      .map(({ rowKey }) => copyOf({ standing: job.standing, rows }, job.owner, rowKey))
      .filter((write) => write !== undefined);
    const sent = await sendCopies(job, writes);
    if (sent !== 'again') return sent === 'done';
  }
}

/**
 * Garbage of the owner would come back to life when the partition is complete: it becomes tombstones before. What has the
 * version of the row that counts is no other row than that, and stays: so that going back costs only what was changed.
 */
async function buryChunk(job: Job, garbage: readonly PhysicalRow[]): Promise<boolean> {
  const { owner, standing } = job;
  const current = await rowsOf(job, otherOf(owner), garbage);
  for (const tries = triesOf(job); ; tries.next()) {
    const own = await rowsOf(job, owner, garbage);
    const seen = { standing, rows: sided(owner, own, current) };
    const writes = garbage
      .map(({ rowKey }) => own.get(rowKey))
      .filter((row) => row !== undefined)
      .filter((row) => isGarbage(job, row) && !isSame(row, virtualRowOf(seen, row.rowKey)))
      .map((row) => put(row, row, {}, { tag: standing.epoch, tombstone: true }));
    const sent = await sendCopies(job, writes);
    if (sent !== 'again') return sent === 'done';
  }
}

function isGarbage({ standing, owner }: Job, { tag, tombstone }: PhysicalRow): boolean {
  return tag < standing.floors[owner] && !tombstone;
}

/** Versions never come again, so that of two rows of one version each is a copy of the other. */
function isSame(own: PhysicalRow | undefined, row: PhysicalRow | undefined): boolean {
  return (
    own !== undefined && !own.tombstone && row !== undefined && virtualVersion(own) === virtualVersion(row)
  );
}

function triesOf({ partitionKey }: Job): Tries {
  return new Tries('copying', partitionKey);
}

/** The write that brings the row that counts to the owner; undefined if the owner has it, or has nothing to be hidden. */
function copyOf(seen: Seen, owner: Side, rowKey: string): Write | undefined {
  const own = seen.rows[owner].get(rowKey);
  const winner = winnerOf(seen, rowKey);
  if (!winner || winner.side === owner || seen.standing.kind !== 'owned') return undefined;
  const { epoch } = seen.standing;
  if (winner.tombstone) {
    return own && !own.tombstone ? put(own, own, {}, { tag: epoch, tombstone: true }) : undefined;
  }
  const origin = virtualVersion(winner);
  if (isSame(own, winner)) return undefined;
  return put(winner, own, winner.properties, { tag: epoch, origin, operation: winner.operation });
}

async function sendCopies(
  { sides, partitionKey, standing, owner, ask }: Job,
  writes: readonly Write[],
): Promise<'done' | 'over' | 'again'> {
  if (writes.length === 0) return 'done';
  const fence = { epoch: standing.epoch, complete: false };
  const outcome = await attempt(
    sides[owner],
    [touchFence(sides[owner].manifest, partitionKey, fence), ...writes],
    ask,
  );
  if (outcome.kind === 'done') return 'done';
  return outcome.kind === 'refused' && outcome.index === 0 ? 'over' : 'again';
}

async function rowsOf(
  { sides, partitionKey, ask }: Job,
  side: Side,
  rows: readonly PhysicalRow[],
): Promise<ReadonlyMap<string, PhysicalRow>> {
  const filter = keysAre(rows.map(({ rowKey }) => rowKey));
  return (await readSide({ sides }, side, partitionKey, { ...ask, filter })).rows;
}

/** The rows of a partition on one side, by chunks, each at its own instant. */
export async function* chunksOf(
  side: Side,
  table: Table,
  partitionKey: string,
  ask: OperationOptions,
): AsyncGenerator<readonly PhysicalRow[]> {
  const { atomicBatch, atomicQuery } = table.manifest;
  const limit = Math.min(CHUNK, atomicBatch.rows - 1, atomicQuery.rows - 1);
  // A chunk grows by what is hidden, and by the fence, when it is written to the other side.
  const room = Math.min(atomicBatch.bytes, atomicQuery.bytes) / 3;
  const bytes = Number.isFinite(room) ? { bytes: Math.ceil(room) } : {};
  for await (const page of partitionPages(table, partitionKey, { ...ask, ...bytes, limit })) {
    const user = page.filter(({ rowKey }) => !isReservedRow(rowKey));
    if (user.length > 0) yield user.map((row) => physicalRow(side, row));
  }
}
