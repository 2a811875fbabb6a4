import { FencedTable } from '../fence/index.ts';
import type { Fence } from '../table/index.ts';
import type { Sides } from './side.ts';

/** Both tables, writing under a fence of their store, where the store can check one. */
export function guardedBy({ source, target }: Sides, fence: Fence): Sides {
  const guarded = (table: Sides['source']) =>
    table.manifest.fencing ? new FencedTable(table, fence) : table;
  return { source: guarded(source), target: guarded(target) };
}
