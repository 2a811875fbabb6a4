import {
  matchesFilter,
  type Page,
  project,
  type QueryOptions,
  type Row,
  type RowKey,
} from 'changeover/table';
import { plainRow } from '../layout/index.ts';
import { viewRow } from './sqlite-row-view.ts';
import type { StoredRow } from './sqlite-rows.ts';

/** Where a page ends. What is given and what is looked at are apart only if there is a filter. */
export interface PageBudget {
  readonly rows: number;
  /** About: the row that exceeds it still belongs to the page. */
  readonly bytes: number;
  readonly examinedRows: number;
  readonly examinedBytes: number;
}

export interface PageView extends QueryOptions {
  readonly lazy?: boolean;
  readonly seesReserved: boolean;
}

/** Takes rows from `chunks` until they or the budget end. The continuation is the last row that was looked at. */
export function collectPage(
  chunks: Iterable<readonly StoredRow[]>,
  view: PageView,
  budget: PageBudget,
): Page {
  const rows: Row[] = [];
  let bytes = 0;
  let examinedRows = 0;
  let examinedBytes = 0;
  for (const chunk of chunks) {
    for (const stored of chunk) {
      const size = stored[0].length + stored[1].length + stored[3].length;
      const row = showRow(stored, view);
      examinedRows += 1;
      examinedBytes += size;
      if (row) {
        rows.push(row);
        bytes += size;
      }
      const given = rows.length >= budget.rows || bytes > budget.bytes;
      if (given || examinedRows >= budget.examinedRows || examinedBytes > budget.examinedBytes) {
        return { rows, continuation: keyOfStored(stored) };
      }
    }
  }
  return { rows, continuation: undefined };
}

/** The row as it is asked for; undefined if the filter leaves it out. */
function showRow(stored: StoredRow, { filter, select, lazy, seesReserved }: PageView): Row | undefined {
  const row = viewRow(stored, seesReserved);
  if (filter && !matchesFilter(filter, row)) return undefined;
  if (select) return { ...plainRow(row), properties: project(row.properties, select) };
  return lazy ? row : plainRow(row);
}

function keyOfStored([partitionKey, rowKey]: StoredRow): RowKey {
  return { partitionKey, rowKey };
}
