import type { Clock } from '../std/index.ts';
import { type Filter, type Page, type RowKey, roughBytes, type Store, type Table } from '../table/index.ts';
import { boundsOf, type KeyRange, runPool } from '../transfer/index.ts';
import { compareRange } from './compare-range.ts';
import { COMPARE_PAGE_BYTES, COMPARE_PAGE_ROWS, COPY_PAGE_BYTES } from './page-sizes.ts';

/** A store of the target's kind to measure writing in: local, empty, of nobody's, and gone once it is closed. */
export interface Scratch {
  readonly store: Store;
  close(): Promise<void>;
}

export interface ProbeOptions {
  readonly filter: Filter | undefined;
  readonly threads: number;
  readonly batchRows: number;
  /** The probe ends with the round that reaches either. */
  readonly rowsMax: number;
  readonly timeMaxMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Rows a second: over all rounds, and over those behind the first, which is slow wherever something has to warm up. */
export interface Rate {
  readonly warm: number;
  readonly average: number;
}

/** What a sample of a table's rows took. Without a scratch nothing was written, and reading alone was measured. */
export interface Probe {
  readonly rows: number;
  readonly bytes: number;
  readonly read: Rate;
  /** Reading and writing. */
  readonly copy: Rate | null;
  /** Reading both sides and comparing them. */
  readonly validate: Rate | null;
}

interface Round {
  readonly rows: number;
  readonly bytes: number;
  readonly readMs: number;
  readonly writeMs: number;
  readonly validateMs: number;
}

/** Rows of one page, in the range that they fill. */
interface Slice {
  readonly range: KeyRange;
  readonly page: Page;
}

/**
 * Measures on a sample what a move does with all: reads pages of the table here and there, `threads` at once, loads
 * them into the scratch, and compares the two. Null if there were no rows to measure with.
 */
export async function probeTable(
  source: Table,
  ranges: readonly KeyRange[],
  scratch: Scratch | undefined,
  options: ProbeOptions,
): Promise<Probe | null> {
  if (!scratch) return probeWith(source, ranges, undefined, options);
  const { store } = scratch;
  await store.create(SCRATCH_TABLE);
  const table = await store.open(SCRATCH_TABLE);
  const batchRows = Math.min(options.batchRows, table.manifest.load.rows);
  try {
    return await probeWith(source, ranges, table, { ...options, batchRows });
  } finally {
    await table.close();
    await store.drop(SCRATCH_TABLE);
  }
}

const SCRATCH_TABLE = 'probe';

async function probeWith(
  source: Table,
  ranges: readonly KeyRange[],
  scratch: Table | undefined,
  options: ProbeOptions,
): Promise<Probe | null> {
  const { clock, signal, threads, rowsMax, timeMaxMs, batchRows } = options;
  const queue = [...spread(ranges, Math.max(threads, Math.ceil(rowsMax / batchRows)))];
  const rounds: Round[] = [];
  const endMs = clock.monotonic() + timeMaxMs;
  for (let rows = 0; queue.length > 0 && rows < rowsMax && clock.monotonic() < endMs; ) {
    signal.throwIfAborted();
    const round = await measureRound(source, queue, scratch, options);
    rows += round.rows;
    if (round.rows > 0) rounds.push(round);
  }
  if (rounds.length === 0) return null;
  return {
    rows: sum(rounds, ({ rows }) => rows),
    bytes: sum(rounds, ({ bytes }) => bytes),
    read: rateOf(rounds, ({ readMs }) => readMs),
    copy: scratch ? rateOf(rounds, ({ readMs, writeMs }) => readMs + writeMs) : null,
    validate: scratch ? rateOf(rounds, ({ validateMs }) => validateMs) : null,
  };
}

/** Reads, writes and compares one page of each of the next ranges. What is left of them goes to the end of the queue. */
async function measureRound(
  source: Table,
  queue: KeyRange[],
  scratch: Table | undefined,
  options: ProbeOptions,
): Promise<Round> {
  const { clock, threads, signal, filter } = options;
  const slices: Slice[] = [];
  const startMs = clock.monotonic();
  await runPool(queue.splice(0, threads), threads, signal, async (range, stop) => {
    slices.push({ range, page: await readPage(source, range, options, stop) });
  });
  const readMs = clock.monotonic();
  if (scratch) {
    await runPool(slices, threads, signal, async ({ page }, stop) => {
      await scratch.load(page.rows, { signal: stop });
    });
  }
  const writtenMs = clock.monotonic();
  if (scratch) {
    await runPool(slices, threads, signal, ({ range, page }, stop) =>
      compareRange(source, scratch, withEnd(range, page.continuation), {
        ...COMPARE,
        filter,
        clock,
        signal: stop,
      }),
    );
  }
  for (const { range, page } of slices) {
    if (page.continuation) queue.push({ ...range, after: page.continuation });
  }
  return {
    rows: sum(slices, ({ page }) => page.rows.length),
    bytes: sum(slices, ({ page }) => sum(page.rows, roughBytes)),
    readMs: readMs - startMs,
    writeMs: writtenMs - readMs,
    validateMs: clock.monotonic() - writtenMs,
  };
}

/** The time is what counts here. A difference is none of the probe's: somebody may be writing to the source. */
const COMPARE = {
  pageRows: COMPARE_PAGE_ROWS,
  pageBytes: COMPARE_PAGE_BYTES,
  onCompared: () => undefined,
  onNotCompared: () => undefined,
  onDifference: async () => undefined,
};

function readPage(
  source: Table,
  range: KeyRange,
  { filter, batchRows }: ProbeOptions,
  signal: AbortSignal,
): Promise<Page> {
  const limits = { limit: batchRows, bytes: COPY_PAGE_BYTES, lazy: true, signal };
  return source.scan({ ...boundsOf(range), ...(filter ? { filter } : {}), ...limits });
}

function withEnd(range: KeyRange, end: RowKey | undefined): KeyRange {
  return end ? { ...range, through: end } : range;
}

/** Some of the ranges, evenly. */
function spread(ranges: readonly KeyRange[], wanted: number): readonly KeyRange[] {
  const count = Math.min(wanted, ranges.length);
  return Array.from(
    { length: count },
    (_, index) => ranges[Math.floor((index * ranges.length) / count)] as KeyRange,
  );
}

function rateOf(rounds: readonly Round[], msOf: (round: Round) => number): Rate {
  // What took no millisecond is taken for one: a rate must not come out infinite.
  const rate = (some: readonly Round[]) =>
    (sum(some, ({ rows }) => rows) / Math.max(1, sum(some, msOf))) * 1000;
  return { warm: rate(rounds.length > 1 ? rounds.slice(1) : rounds), average: rate(rounds) };
}

function sum<T>(items: readonly T[], numberOf: (item: T) => number): number {
  return items.reduce((total, item) => total + numberOf(item), 0);
}
