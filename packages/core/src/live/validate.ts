import type { OperationOptions, RowKey } from '../table/index.ts';
import { type DifferentProperty, differentProperties } from '../transfer/index.ts';
import { type Copying, compareCopy, copyingOf, type Reason } from './compare-copy.ts';
import { chunksOf } from './copy.ts';
import { keysAre } from './filters.ts';
import { readSide, type SideView } from './read-side.ts';
import { type Both, both, otherOf, ownerOf, type Side, type Sides, sided } from './side.ts';
import { type Metas, readMetas, type StepOutcome } from './turn.ts';

export interface ValidateOptions extends OperationOptions {
  /** Told of each proved difference. The validation waits for it, and ends with its error if it throws. */
  onDifference(difference: Difference): Promise<void>;
}

/** A row that contradicts the protocol; a line of the report, as of a move, with its reason. */
export interface Difference extends RowKey {
  readonly event: 'difference';
  /** `missing`: the owner lacks it. `extra`: the owner has it too many. `different`: anything else. */
  readonly kind: 'missing' | 'extra' | 'different';
  readonly reason: Reason;
  /** The source's name of the table. */
  readonly table: string;
  /** What differs, under the names of the sides; none if only what is hidden is wrong. */
  readonly properties: readonly DifferentProperty[];
}

/** Rows by their keys. `compared` are all; what is in no other number was different. */
export interface ValidateCounts {
  readonly compared: number;
  /** Both sides say the same. */
  readonly equal: number;
  /** The application wrote the owner's row itself, so that nothing is left to compare it with. */
  readonly superseded: number;
  /** Not copied yet, and the owner does not say that it is complete. */
  readonly pending: number;
}

export interface Validated {
  /**
   * `moved`: the partition turned, or is half-way, so that the rest could not be compared. What was told holds.
   * `retired`: its migration is over, and the frozen side may be gone.
   */
  readonly outcome: Exclude<StepOutcome, 'overtaken'>;
  readonly counts: ValidateCounts;
}

/**
 * Compares a partition with the frozen side, while the application goes on writing; in epoch 0 there is nothing to
 * compare. Writes nothing, and needs the memory of one chunk.
 *
 * Only while every client is managed, and was so since the partition's epoch began: who uses a side *alone* deletes
 * physically and writes no tags, which cannot be told from what a worker lost.
 *
 * Throws what the stores throw: what cannot be read is neither equal nor different.
 */
export async function validate(
  sides: Sides,
  partitionKey: string,
  { onDifference, ...ask }: ValidateOptions,
): Promise<Validated> {
  const counts = { compared: 0, equal: 0, superseded: 0, pending: 0 };
  const begun = copyingOf(await readMetas(sides, partitionKey, ask));
  if (typeof begun === 'string') return { outcome: begun, counts };
  const job: Job = { sides, partitionKey, epoch: begun.epoch, counts, onDifference, ask };
  const owner = ownerOf(job.epoch);
  for (const side of [otherOf(owner), owner]) {
    const outcome = await validateSide(job, side);
    if (outcome !== 'done') return { outcome, counts };
  }
  // A side that was wiped meanwhile has no rows to find, and would pass for one that is empty.
  const ended = stillIn(job, await readMetas(sides, partitionKey, ask));
  return { outcome: typeof ended === 'string' ? ended : 'done', counts };
}

interface Job extends Pick<ValidateOptions, 'onDifference'> {
  readonly sides: Sides;
  readonly partitionKey: string;
  readonly epoch: number;
  readonly counts: { -readonly [Name in keyof ValidateCounts]: number };
  readonly ask: OperationOptions;
}

/** Goes through the keys of one side. Those that both have are the frozen side's: no row leaves that, nor comes to it. */
async function validateSide(job: Job, side: Side): Promise<Validated['outcome']> {
  const { sides, partitionKey, epoch, ask } = job;
  const isOwner = side === ownerOf(epoch);
  for await (const rows of chunksOf(side, sides[side], partitionKey, ask)) {
    const rowKeys = rows.map(({ rowKey }) => rowKey);
    const views = await lookAt(job, rowKeys);
    const state = stillIn(job, { source: views.source.meta, target: views.target.meta });
    if (typeof state === 'string') return state;
    const frozen = views[otherOf(ownerOf(epoch))].rows;
    for (const rowKey of rowKeys) {
      if (frozen.has(rowKey) !== isOwner) await compareKey(job, views, rowKey, state);
    }
  }
  return 'done';
}

/**
 * Reads keys on both sides, each with its meta.
 *
 * If the metas are of the same two epochs as ever, then what was read was so at the instant at which the owner was read:
 * until that one closes, the frozen side is as it was. So no difference is only a race, and none needs a second look.
 */
function lookAt({ sides, partitionKey, ask }: Job, rowKeys: readonly string[]): Promise<Both<SideView>> {
  const filter = keysAre(rowKeys);
  return both((side) => readSide({ sides }, side, partitionKey, { ...ask, filter }));
}

/** The state to compare in, or why there is none any more. */
function stillIn({ epoch }: Job, metas: Metas): Copying | 'moved' | 'retired' {
  const state = copyingOf(metas);
  if (state === 'retired') return state;
  return typeof state !== 'string' && state.epoch === epoch ? state : 'moved';
}

async function compareKey(
  { sides, partitionKey, counts, onDifference }: Job,
  views: Both<SideView>,
  rowKey: string,
  state: Copying,
): Promise<void> {
  const owner = ownerOf(state.epoch);
  const verdict = compareCopy(views[otherOf(owner)].rows.get(rowKey), views[owner].rows.get(rowKey), state);
  counts.compared += 1;
  if (verdict.kind !== 'difference') {
    counts[verdict.kind] += 1;
    return;
  }
  const { difference: kind, reason, frozen, own } = verdict;
  const { source, target } = sided(owner, own, frozen);
  const properties = differentProperties(source, target);
  const table = sides.source.name;
  await onDifference({ event: 'difference', kind, reason, table, partitionKey, rowKey, properties });
}
