import { isReservedRow, keyOf, matchesFilter, type Page, project, type ScanOptions } from '../table/index.ts';
import type { Client } from './client.ts';
import { HIDDEN, physicalRow } from './physical-row.ts';
import { rowOf, wantedFor } from './query-managed.ts';
import type { PageOptions } from './scan-managed.ts';
import type { Side } from './side.ts';

/** A page where everything is on one side. What is hidden in its rows, tombstones, and rows of ours are left out. */
export async function scanAlone({ sides }: Client, side: Side, options: PageOptions): Promise<Page> {
  const { filter, select } = options;
  const wanted = wantedFor(options).select;
  let after = options.after;
  for (;;) {
    const { lazy: _, ...asked }: ScanOptions = {
      ...options,
      ...(after ? { after } : {}),
      ...(wanted ? { select: [...wanted, ...HIDDEN] } : {}),
    };
    const { rows, continuation } = await sides[side].scan(asked);
    const user = rows.filter(({ rowKey }) => !isReservedRow(rowKey)).map((row) => physicalRow(side, row));
    const last = user.at(-1);
    if (!last && continuation && isReservedRow(continuation.rowKey)) {
      after = continuation;
      continue;
    }
    const hidden = continuation && isReservedRow(continuation.rowKey);
    return {
      rows: user
        .filter(({ tombstone }) => !tombstone)
        .map(rowOf)
        .filter((row) => !filter || matchesFilter(filter, row))
        .map((row) => (select ? { ...row, properties: project(row.properties, select) } : row)),
      continuation: hidden && last ? keyOf(last) : continuation,
    };
  }
}
