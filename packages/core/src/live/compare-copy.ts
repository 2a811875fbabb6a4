import { sameProperties } from '../table/index.ts';
import type { PhysicalRow } from './physical-row.ts';
import { otherOf, ownerOf } from './side.ts';
import { isClosedAt, standingOf } from './standing.ts';
import type { Metas } from './turn.ts';
import { virtualVersion } from './virtual-version.ts';

/** A partition that is open in an epoch above 0, with the side before it frozen. */
export interface Copying {
  readonly epoch: number;
  readonly complete: boolean;
  /** Rows with a smaller tag do not count. */
  readonly floors: { readonly frozen: number; readonly owner: number };
}

/**
 * Why two rows of one key contradict the protocol.
 *
 * - `marks`: a row carries what no row of its side can carry by now.
 * - `content`: both rows have the same version for the application, and do not hold the same.
 * - `origin`: the owner's row says that it is a copy, of a version that the frozen side does not have.
 * - `twice`: both sides have a row of the same tag, so that nothing says which one counts.
 * - `not copied`: the owner says that it is complete, and lacks what counts on the frozen side.
 * - `garbage`: the owner says that it is complete, and still has a row from before all that was copied to it.
 */
export type Reason = 'marks' | 'content' | 'origin' | 'twice' | 'not copied' | 'garbage';

/** What two rows of one key say of the copy. */
export type Verdict =
  | { readonly kind: 'equal' | 'superseded' | 'pending' }
  | {
      readonly kind: 'difference';
      /** The owner lacks the frozen row, has one too many, or has another one. */
      readonly difference: 'missing' | 'extra' | 'different';
      readonly reason: Reason;
      /** The rows that anybody could see. */
      readonly frozen: PhysicalRow | undefined;
      readonly own: PhysicalRow | undefined;
    };

/** What there is to be compared with the metas like this; else why there is nothing. */
export function copyingOf(metas: Metas): Copying | 'done' | 'moved' | 'retired' {
  const standing = standingOf(metas);
  if (standing.kind === 'alone') return 'retired';
  if (standing.kind === 'virgin') return 'done';
  if (standing.kind !== 'owned') return 'moved';
  const { epoch, complete, floors } = standing;
  if (epoch === 0) return 'done';
  const owner = ownerOf(epoch);
  const frozen = metas[otherOf(owner)];
  if (!frozen || !isClosedAt(frozen, epoch - 1)) return 'moved';
  // An owner that is complete has no floor any more, because all below it has become tombstones. So it still must be.
  return {
    epoch,
    complete,
    floors: { frozen: frozen.floor, owner: frozen.complete ? epoch : floors[owner] },
  };
}

/** Whether the owner's row is what it must be beside the frozen one. Pure; README.md has the table. */
export function compareCopy(
  frozen: PhysicalRow | undefined,
  own: PhysicalRow | undefined,
  state: Copying,
): Verdict {
  const finding = findingOf(frozen, own, state);
  if (finding === 'equal' || finding === 'superseded' || finding === 'pending') return { kind: finding };
  const seen = visible(counting(frozen, state.floors.frozen));
  const copy = visible(own);
  const difference = seen && !copy ? 'missing' : copy && !seen ? 'extra' : 'different';
  return { kind: 'difference', difference, reason: finding, frozen: seen, own: copy };
}

function findingOf(
  frozen: PhysicalRow | undefined,
  own: PhysicalRow | undefined,
  { epoch, complete, floors }: Copying,
): 'equal' | 'superseded' | 'pending' | Reason {
  if (!isPossible(frozen, epoch - 1) || !isPossible(own, epoch)) return 'marks';
  const original = counting(frozen, floors.frozen);
  const copy = counting(own, floors.owner);
  const [seen, like] = [visible(original), visible(own)];
  if (!seen && !like) return 'equal';
  // Also of an owner's row that does not count: it is no other row than the one that does, and stays when all is complete.
  if (seen && like && virtualVersion(seen) === virtualVersion(like)) {
    return sameProperties(seen.properties, like.properties) ? 'equal' : 'content';
  }
  // What was copied after the frozen row was written is a copy of just that row.
  if (copy?.origin !== undefined && copy.tag > (original?.tag ?? floors.frozen)) return 'origin';
  if (copy && (!original || copy.tag > original.tag)) return 'superseded';
  if (copy && copy.tag === original?.tag) return 'twice';
  if (!complete) return 'pending';
  return original ? 'not copied' : 'garbage';
}

/** Whether a row can be on a side whose last epoch is this one: there are only so many ways to write one. */
function isPossible(row: PhysicalRow | undefined, last: number): boolean {
  if (!row) return true;
  const { tag, origin, tombstone, properties } = row;
  if (tag === 0) return origin === undefined && !tombstone;
  const ofSide = tag > 0 && tag <= last && ownerOf(tag) === ownerOf(last);
  const empty = origin === undefined && Object.keys(properties).length === 0;
  return ofSide && (!tombstone || empty);
}

function counting(row: PhysicalRow | undefined, floor: number): PhysicalRow | undefined {
  return row && row.tag >= floor ? row : undefined;
}

function visible(row: PhysicalRow | undefined): PhysicalRow | undefined {
  return row?.tombstone ? undefined : row;
}
