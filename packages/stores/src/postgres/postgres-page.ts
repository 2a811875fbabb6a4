import { EncodedRow, matchesFilter, type Page, project, type QueryOptions, type Row } from 'changeover/table';
import { plainRow, visibleEncoding } from '../layout/index.ts';
import type { StoredPage } from './postgres-rows.ts';

export interface PageView extends QueryOptions {
  readonly lazy?: boolean;
  readonly seesReserved: boolean;
}

/** Where a page ends that a filter thins out. */
export interface PageBudget {
  readonly rows: number;
  /** About: the row that exceeds it still belongs to the page. */
  readonly bytes: number;
}

/** What of a stored page a handle shows. The continuation is the last row that was looked at. */
export function showPage(page: StoredPage, asked: PageView, budget: PageBudget): Page {
  const { rows: stored, more, unreserved } = page;
  const view = unreserved ? { ...asked, seesReserved: true } : asked;
  const rows: Row[] = [];
  let bytes = 0;
  for (const each of stored) {
    const row = showRow(each, view);
    if (!row) continue;
    rows.push(row);
    bytes += each.encoded.length;
    if (rows.length < budget.rows && bytes < budget.bytes) continue;
    const whole = each === stored.at(-1) && !more;
    return { rows, continuation: whole ? undefined : bare(each) };
  }
  const last = stored.at(-1);
  return { rows, continuation: more && last ? bare(last) : undefined };
}

/** The row as it is asked for; undefined if the filter leaves it out. */
export function showRow(
  stored: EncodedRow,
  { filter, select, lazy, seesReserved }: PageView,
): Row | undefined {
  const encoded = visibleEncoding(stored.encoded, seesReserved);
  const { partitionKey, rowKey, version } = stored;
  const row = encoded === stored.encoded ? stored : new EncodedRow(partitionKey, rowKey, version, encoded);
  if (filter && !matchesFilter(filter, row)) return undefined;
  if (select) return { ...plainRow(row), properties: project(row.properties, select) };
  return lazy ? row : plainRow(row);
}

function bare({ partitionKey, rowKey }: EncodedRow) {
  return { partitionKey, rowKey };
}
