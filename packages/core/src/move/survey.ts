import {
  compareKeys,
  type Filter,
  keyOf,
  matchesFilter,
  type Problem,
  type RowData,
  type RowKey,
  rowBytes,
  type Table,
  textBytes,
} from '../table/index.ts';
import { type KeyRange, pagesOf, rangesBetween, runPool, type TableSplit } from '../transfer/index.ts';

const PAGE_ROWS = 1000;
const PAGE_BYTES = 4 * 1024 * 1024;
/** In how many places a sample looks, evenly spread over the rows. */
const SPOTS = 64;
/** Beyond so many kinds of problems of one table, the list would help nobody; the rest is only counted. */
const PROBLEMS_MAX = 20;

/** A number that was counted, or, if not exact, worked out from a part. */
export interface Count {
  readonly value: number;
  readonly exact: boolean;
}

/** The largest that was seen, each by itself; in bytes but for the number of properties. */
export interface Largest {
  readonly rowBytes: number;
  readonly keyBytes: number;
  readonly properties: number;
  readonly propertyNameBytes: number;
}

/** Rows that the target could not hold, for one reason in one property. */
export interface ProblemGroup {
  /** Null if it is about the row as a whole. */
  readonly property: string | null;
  /** Of the example; other rows of the group may have other values. */
  readonly reason: string;
  readonly example: RowKey;
  /** Among the rows that were looked at. */
  readonly rows: number;
}

export interface Survey {
  /** `scan`: every row was looked at. `sample`: some of each part of the table, or all of a small one. */
  readonly coverage: 'scan' | 'sample';
  readonly rowsLookedAt: number;
  /** Rows to be moved; null if the store cannot count its rows, and they were not scanned. */
  readonly rows: Count | null;
  /** Of the rows to be moved, as limits count them: keys, names and values. */
  readonly bytes: Count | null;
  readonly largest: Largest;
  readonly problems: readonly ProblemGroup[];
  /** Rows with problems of further kinds, beyond those listed. */
  readonly otherProblemRows: number;
}

export interface SurveyOptions {
  readonly filter: Filter | undefined;
  /** Look at about so many rows, spread over the table; undefined for all. */
  readonly sampleRows: number | undefined;
  readonly threads: number;
  readonly signal: AbortSignal;
  /** Why the target could not hold a row; undefined if it is known to hold all. */
  readonly problemOf: ((row: RowData) => Problem | undefined) | undefined;
}

/** Looks at the rows of a table, all or a sample of them, and sums up what there is. Reads, and writes nothing. */
export async function surveyTable(table: Table, split: TableSplit, options: SurveyOptions): Promise<Survey> {
  const { sampleRows, filter, threads, signal, problemOf } = options;
  const tally = new Tally(problemOf);
  if (sampleRows === undefined) {
    await runPool(split.ranges, threads, signal, async (range, stop) => {
      const onRow = (row: RowData) => tally.add(row);
      tally.looked(await visit(table, range, Number.POSITIVE_INFINITY, filter, stop, onRow));
    });
    return tally.survey('scan', { value: tally.rows, exact: true });
  }
  const { keys } = await table.sampleKeys(Math.min(SPOTS, sampleRows), { signal });
  const perSpot = Math.ceil(sampleRows / (keys.length + 1));
  await runPool(rangesBetween(keys), threads, signal, async (range, stop) => {
    // A sample has to see what the filter leaves out: what is left in tells how much of the table that is.
    const onRow = (row: RowData) => {
      if (!filter || matchesFilter(filter, row)) tally.add(row);
    };
    tally.looked(await visit(table, range, perSpot, undefined, stop, onRow));
  });
  return tally.survey('sample', estimate(tally, split.rows, filter));
}

/** Visits the first rows of a range, at most `most`. Answers how many there were. */
async function visit(
  table: Table,
  range: KeyRange,
  most: number,
  filter: Filter | undefined,
  signal: AbortSignal,
  onRow: (row: RowData) => void,
): Promise<number> {
  let seen = 0;
  const options = { filter, rows: Math.min(PAGE_ROWS, most), bytes: PAGE_BYTES, signal };
  for await (const page of pagesOf(table, range, options)) {
    const rows = page.rows.slice(0, most - seen);
    rows.forEach(onRow);
    seen += rows.length;
    if (seen >= most) break;
  }
  return seen;
}

/** Without a filter the store's own count is the answer; with one, the share of the sample that matched. */
function estimate(tally: Tally, tableRows: number | undefined, filter: Filter | undefined): Count | null {
  if (tableRows === undefined) return null;
  if (!filter) return { value: tableRows, exact: true };
  if (tally.rowsLookedAt >= tableRows) return { value: tally.rows, exact: true };
  return { value: Math.round((tableRows * tally.rows) / Math.max(1, tally.rowsLookedAt)), exact: false };
}

/** What is known of the rows that were seen. It does not grow with their number. */
class Tally {
  readonly #problemOf: SurveyOptions['problemOf'];
  readonly #groups = new Map<string, ProblemGroup>();
  #otherProblemRows = 0;
  #bytes = 0;
  #largest: Largest = { rowBytes: 0, keyBytes: 0, properties: 0, propertyNameBytes: 0 };
  /** Rows that are to be moved, among those looked at. */
  rows = 0;
  rowsLookedAt = 0;

  constructor(problemOf: SurveyOptions['problemOf']) {
    this.#problemOf = problemOf;
  }

  looked(rows: number): void {
    this.rowsLookedAt += rows;
  }

  add(row: RowData): void {
    const bytes = rowBytes(row);
    this.rows += 1;
    this.#bytes += bytes;
    this.#largest = larger(this.#largest, row, bytes);
    const problem = this.#problemOf?.(row);
    if (problem) this.#addProblem(row, problem);
  }

  survey(coverage: Survey['coverage'], rows: Count | null): Survey {
    return {
      coverage,
      rowsLookedAt: this.rowsLookedAt,
      rows,
      bytes: rows && this.#bytesOf(rows),
      largest: this.#largest,
      problems: [...this.#groups.values()],
      otherProblemRows: this.#otherProblemRows,
    };
  }

  #bytesOf(rows: Count): Count | null {
    if (rows.exact && rows.value === this.rows) return { value: this.#bytes, exact: true };
    if (this.rows === 0) return rows.value === 0 ? { value: 0, exact: rows.exact } : null;
    return { value: Math.round((rows.value * this.#bytes) / this.rows), exact: false };
  }

  #addProblem(row: RowData, { property, reason }: Problem): void {
    const name = JSON.stringify([property ?? null, withoutValues(reason)]);
    const group = this.#groups.get(name);
    if (!group && this.#groups.size >= PROBLEMS_MAX) {
      this.#otherProblemRows += 1;
    } else if (!group) {
      this.#groups.set(name, { property: property ?? null, reason, example: keyOf(row), rows: 1 });
    } else {
      // Ranges are read side by side; the first key is the example whichever came first.
      const first = compareKeys(row, group.example) < 0;
      const shown = first ? { reason, example: keyOf(row) } : {};
      this.#groups.set(name, { ...group, ...shown, rows: group.rows + 1 });
    }
  }
}

function larger(largest: Largest, row: RowData, bytes: number): Largest {
  const names = Object.keys(row.properties);
  let nameBytes = largest.propertyNameBytes;
  for (const name of names) nameBytes = Math.max(nameBytes, textBytes(name));
  return {
    rowBytes: Math.max(largest.rowBytes, bytes),
    keyBytes: Math.max(largest.keyBytes, textBytes(row.partitionKey), textBytes(row.rowKey)),
    properties: Math.max(largest.properties, names.length),
    propertyNameBytes: nameBytes,
  };
}

/** A reason may quote the value; rows whose reasons differ in nothing else have the same problem. */
function withoutValues(reason: string): string {
  return reason.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').replaceAll(/\d+/g, '0');
}
