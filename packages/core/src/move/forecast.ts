import type { Filter, Manifest } from '../table/index.ts';
import { COMPARE_PAGE_BYTES, COMPARE_PAGE_ROWS, COPY_PAGE_BYTES } from './page-sizes.ts';
import type { UnitPrices } from './price-list.ts';
import type { Probe, Rate } from './probe.ts';

/** Storage operations of one side: pages and rows read, batches written. */
export interface Operations {
  readonly reads: number;
  readonly writes: number;
}

export interface SideOperations {
  readonly source: Operations;
  readonly target: Operations;
}

/** A time in seconds as a range. `atMost` is null if nothing bounds it that could be measured. */
export interface SecondsRange {
  readonly atLeast: number;
  readonly atMost: number | null;
}

/** What a step is going to take; null where it is not known. */
export interface StepForecast {
  readonly seconds: SecondsRange | null;
  readonly operations: SideOperations | null;
}

export interface Forecast {
  readonly copy: StepForecast;
  readonly validate: StepForecast;
}

/** What a forecast is made from, for one table. Everything but the probe is known without measuring. */
export interface TableFacts {
  /** Rows to be moved; null if not known, and then nothing else is. */
  readonly rows: number | null;
  /** Of those rows; null if not known but from the probe. Without either, pages end by their number of rows. */
  readonly bytes: number | null;
  /** All rows of the table, whether a filter leaves them out or not. */
  readonly tableRows: number | null;
  /** How many ranges the table is split into. */
  readonly ranges: number;
  readonly source: Manifest;
  readonly target: Manifest;
  readonly probe: Probe | null;
}

export interface ForecastOptions {
  readonly filter: Filter | undefined;
  readonly batchRows: number;
  /** Undefined for as fast as the stores go. */
  readonly rowsPerSecond: number | undefined;
}

/**
 * What the steps of a move will take, from what is known of its tables. Pure: the same facts give the same forecast.
 *
 * Operations are those on the tables themselves. Setting up and keeping checkpoints adds some for each table.
 */
export function forecastMove(tables: readonly TableFacts[], options: ForecastOptions): Forecast {
  const copies = tables.map((table) => ({
    seconds: copySeconds(table, options),
    operations: copyOperations(table, options),
  }));
  const validations = tables.map((table) => ({
    seconds: secondsOf(table, table.probe?.validate ?? null),
    operations: validateOperations(table, options),
  }));
  return { copy: total(copies), validate: total(validations) };
}

/** What operations cost by a vendor's prices. */
export function priceOf({ reads, writes }: Operations, prices: UnitPrices): number {
  return (reads * prices.perMillionReads + writes * prices.perMillionWrites) / 1_000_000;
}

/** The operations of both steps, by side; null if not known. */
export function allOperations({ copy, validate }: Forecast): SideOperations | null {
  return copy.operations && validate.operations && addSides(copy.operations, validate.operations);
}

function copyOperations(table: TableFacts, { batchRows }: ForecastOptions): SideOperations | null {
  const { load } = table.target;
  const rows = Math.min(batchRows, load.rows);
  const pages = pagesIn(table, table.source, rows, Math.min(COPY_PAGE_BYTES, load.bytes));
  return pages === null ? null : { source: { reads: pages, writes: 0 }, target: { reads: 0, writes: pages } };
}

/** Equal tables take one hash a range where they are compared by hashes, and else a page after the other. */
function validateOperations(table: TableFacts, { filter }: ForecastOptions): SideOperations | null {
  const hashed = !filter && (table.source.rangeHash || table.target.rangeHash);
  const pages = (side: Manifest) =>
    hashed ? table.ranges : pagesIn(table, side, COMPARE_PAGE_ROWS, COMPARE_PAGE_BYTES);
  const [source, target] = [pages(table.source), pages(table.target)];
  if (source === null || target === null) return null;
  return { source: { reads: source, writes: 0 }, target: { reads: target, writes: 0 } };
}

/** Pages of a scan of all ranges. With a filter, a store also ends a page once it has looked at enough rows. */
function pagesIn(
  { rows, bytes, tableRows, ranges, probe }: TableFacts,
  { scan }: Manifest,
  rowsMax: number,
  bytesMax: number,
): number | null {
  if (rows === null) return null;
  const bytesInAll = bytes ?? (probe ? (probe.bytes / probe.rows) * rows : 0);
  const needed = Math.max(
    rows / ranges / Math.min(rowsMax, scan.pageRows),
    bytesInAll / ranges / bytesMax,
    (tableRows ?? rows) / ranges / scan.pageRows,
  );
  return ranges * Math.max(1, Math.ceil(needed));
}

/** A rate that the caller set is a floor for the time, however fast the stores are. */
function copySeconds(table: TableFacts, { rowsPerSecond }: ForecastOptions): SecondsRange | null {
  const seconds = secondsOf(table, table.probe?.copy ?? null);
  if (table.rows === null || rowsPerSecond === undefined || !seconds) return seconds;
  const floor = table.rows / rowsPerSecond;
  const atMost = seconds.atMost === null ? null : Math.max(seconds.atMost, floor);
  return { atLeast: Math.max(seconds.atLeast, floor), atMost };
}

/**
 * How much faster than the warm rate, and slower than the average, a whole run may turn out. A target that grows is
 * slower to write to than the probe's small one, and reads more than memory holds.
 */
const FASTER = 1.5;
const SLOWER = 2.5;

/** Where only reading was measured, it is what the step takes at least. */
function secondsOf({ rows, probe }: TableFacts, rate: Rate | null): SecondsRange | null {
  if (rows === 0) return { atLeast: 0, atMost: 0 };
  if (rows === null || !probe) return null;
  if (!rate) return { atLeast: rows / probe.read.warm / FASTER, atMost: null };
  return { atLeast: rows / rate.warm / FASTER, atMost: (rows / rate.average) * SLOWER };
}

function total(steps: readonly StepForecast[]): StepForecast {
  return steps.reduce((sum, step) => ({
    seconds: sum.seconds && step.seconds && addSeconds(sum.seconds, step.seconds),
    operations: sum.operations && step.operations && addSides(sum.operations, step.operations),
  }));
}

function addSeconds(a: SecondsRange, b: SecondsRange): SecondsRange {
  const atMost = a.atMost === null || b.atMost === null ? null : a.atMost + b.atMost;
  return { atLeast: a.atLeast + b.atLeast, atMost };
}

function addSides(a: SideOperations, b: SideOperations): SideOperations {
  return { source: add(a.source, b.source), target: add(a.target, b.target) };
}

function add(a: Operations, b: Operations): Operations {
  return { reads: a.reads + b.reads, writes: a.writes + b.writes };
}
