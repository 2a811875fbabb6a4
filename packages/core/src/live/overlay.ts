import type { PhysicalRow } from './physical-row.ts';
import { type Both, otherOf, ownerOf, type Side } from './side.ts';
import { isWhole, type Standing } from './standing.ts';

/** The rows of each side by their row keys. */
type SideRows = Both<ReadonlyMap<string, PhysicalRow>>;

/** What was read of a partition: where it stands, and rows of both sides as of then. */
export interface Seen {
  readonly standing: Exclude<Standing, { kind: 'torn' } | { kind: 'alone' }>;
  readonly rows: SideRows;
}

/**
 * The physical row that counts: of those that are not garbage the one with the higher tag. It may be a tombstone. Tags
 * do not tie, because an epoch belongs to one side.
 */
export function winnerOf({ standing, rows }: Seen, rowKey: string): PhysicalRow | undefined {
  if (standing.kind === 'virgin') return rows.source.get(rowKey) ?? rows.target.get(rowKey);
  const last = ownerOf(standing.epoch);
  const mine = rows[last].get(rowKey);
  // Half-way out of epoch 0 the target may have rows already: those of a partition that was born there, unmanaged.
  if (standing.kind === 'owned' ? isWhole(standing) : standing.complete) return mine;
  const candidate = notGarbage(mine, standing.floors, last);
  const rival = notGarbage(rows[otherOf(last)].get(rowKey), standing.floors, otherOf(last));
  if (!candidate || !rival) return candidate ?? rival;
  return rival.tag > candidate.tag ? rival : candidate;
}

/** The row that the application sees, if there is one. */
export function virtualRowOf(seen: Seen, rowKey: string): PhysicalRow | undefined {
  const winner = winnerOf(seen, rowKey);
  return winner?.tombstone ? undefined : winner;
}

function notGarbage(row: PhysicalRow | undefined, floors: Both<number>, side: Side): PhysicalRow | undefined {
  return row && row.tag >= floors[side] ? row : undefined;
}
