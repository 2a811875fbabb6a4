import { keyOf, type OperationOptions, type RowKey, type Table, type Write } from '../table/index.ts';
import { attempt } from './attempt.ts';
import { chunksOf } from './copy.ts';
import { IS_OURS } from './filters.ts';
import { dropFence, isMeta, metaKey, metaOf, metaWrite } from './meta.ts';
import type { PhysicalRow } from './physical-row.ts';
import { otherOf, type Side, type Sides } from './side.ts';
import { isWhole } from './standing.ts';
import { Tries } from './tries.ts';
import { bare, readMetas, type StepOutcome } from './turn.ts';

/**
 * Ends the migration of a partition: from now on this side alone has it, for good. The fence goes in the same batch, so
 * that no managed batch can arrive any more, and after it the other side is marked as retired. Whoever still meets the
 * partition as a managed one learns it from either meta.
 *
 * Throws nothing away. Gives `moved` if this side does not have everything.
 */
export async function retire(
  sides: Sides,
  partitionKey: string,
  { side, plan, ...ask }: { readonly side: Side; readonly plan: number } & OperationOptions,
): Promise<StepOutcome> {
  const other = otherOf(side);
  for (const tries = new Tries('retiring', partitionKey); ; tries.next()) {
    const metas = await readMetas(sides, partitionKey, ask);
    const [mine, theirs] = [metas[side], metas[other]];
    if (Math.max(mine?.plan ?? 0, theirs?.plan ?? 0) > plan) return 'overtaken';
    if (mine && mine.state !== 'alone') {
      const latest = mine.epoch > (theirs?.epoch ?? -1);
      if (!latest || mine.state !== 'open' || !isWhole(mine)) return 'moved';
      const meta = { ...bare(mine), state: 'alone' } as const;
      await attempt(sides[side], [metaWrite(partitionKey, mine, meta), dropFence(partitionKey, mine)], ask);
    } else if (theirs && theirs.state !== 'retired') {
      if (!mine) return 'moved';
      const meta = { ...bare(theirs), state: 'retired' } as const;
      await attempt(sides[other], [metaWrite(partitionKey, theirs, meta)], ask);
    } else {
      return 'done';
    }
  }
}

/** Wipes what is left of a partition on the side that was retired, and only if it was. Its meta stays, and tells late comers (R16). */
export async function wipe(
  sides: Sides,
  partitionKey: string,
  retired: Side,
  ask: OperationOptions = {},
): Promise<void> {
  const table = sides[retired];
  const meta = await table.get(metaKey(partitionKey), ask);
  if (!meta || metaOf(meta).state !== 'retired') return;
  const tries = new Tries('wiping', partitionKey);
  for (let left = true; left; tries.next()) {
    left = false;
    for await (const rows of chunksOf(retired, table, partitionKey, ask)) {
      left = !(await remove(table, rows, ask)) || left;
    }
    const ours = await table.query(partitionKey, { ...ask, filter: IS_OURS });
    left =
      !(await remove(
        table,
        ours.filter((row) => !isMeta(row)),
        ask,
      )) || left;
  }
}

async function remove(table: Table, rows: readonly RowKey[], ask: OperationOptions): Promise<boolean> {
  if (rows.length === 0) return true;
  // Together only rows that are there can be deleted in every store. What is gone meanwhile is looked at again.
  const deletes = rows.map((row): Write => ({ ...keyOf(row), kind: 'delete', condition: '*' }));
  return (await attempt(table, deletes, ask)).kind === 'done';
}

/**
 * Rewrites the rows of a partition that still carry anything hidden, on the side that has it alone: their versions change,
 * for the one time.
 */
export async function strip(
  sides: Sides,
  partitionKey: string,
  side: Side,
  ask: OperationOptions = {},
): Promise<void> {
  const table = sides[side];
  const meta = await table.get(metaKey(partitionKey), ask);
  if (!meta || metaOf(meta).state !== 'alone') return;
  const tries = new Tries('stripping', partitionKey);
  for (let marked = true; marked; tries.next()) {
    marked = false;
    for await (const rows of chunksOf(side, table, partitionKey, ask)) {
      const writes = rows.filter((row) => row.marked).map(stripped);
      if (writes.length === 0) continue;
      const outcome = await attempt(table, writes, ask);
      // Somebody was faster, or nobody knows: look again at all of it.
      marked ||= outcome.kind !== 'done';
    }
  }
}

/** Forgets a partition that was retired, stripped and wiped. Only when no request of the migration can arrive any more. */
export async function forget(
  sides: Sides,
  partitionKey: string,
  side: Side,
  ask: OperationOptions = {},
): Promise<void> {
  const key = metaKey(partitionKey);
  const tries = new Tries('forgetting', partitionKey);
  for (; await sides[side].get(key, ask); tries.next()) {
    await attempt(sides[side], [{ ...key, kind: 'delete' }], ask);
  }
}

function stripped(row: PhysicalRow): Write {
  const { version: condition, properties } = row;
  if (row.tombstone) return { ...keyOf(row), kind: 'delete', condition };
  return { ...keyOf(row), kind: 'replace', condition, properties };
}
