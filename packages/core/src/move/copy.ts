import { type Filter, keyOf, type Page, type Row, type RowKey, type Table } from '../table/index.ts';
import {
  type Batch,
  type BatchLimits,
  batchesOf,
  pagesOf,
  type RateLimit,
  runPool,
} from '../transfer/index.ts';
import type { Checkpoints, Shard, TablePlan } from './checkpoints.ts';
import { loadMarked } from './load-marked.ts';
import { asOwner } from './ownership.ts';
import { COPY_PAGE_BYTES } from './page-sizes.ts';

export interface CopyTable {
  readonly index: number;
  readonly source: Table;
  readonly target: Table;
  readonly plan: TablePlan;
}

export interface CopyOptions {
  readonly filter: Filter | undefined;
  readonly threads: number;
  readonly batchRows: number;
  readonly rate: RateLimit;
  readonly signal: AbortSignal;
  /** After rows and their checkpoint are safe in the target. */
  onCopied(table: CopyTable, rows: number, bytes: number): void;
}

/**
 * Copies every unfinished shard of every table.
 *
 * Each batch of rows is committed together with the checkpoint that says so, where the target can do that: a run that is killed anywhere goes on
 * behind the last batch that counts, and one that was overtaken by another run finds its checkpoint refused, and with
 * it the rows.
 */
export async function copyShards(
  tables: readonly CopyTable[],
  checkpoints: Checkpoints,
  options: CopyOptions,
): Promise<void> {
  const work: { table: CopyTable; shard: Shard }[] = [];
  for (const table of tables) {
    const shards = await asOwner(`the copy of ${table.target.name}`, () =>
      checkpoints.claim(table.index, table.plan.shards),
    );
    work.push(...shards.filter(({ done }) => !done).map((shard) => ({ table, shard })));
  }
  await runPool(work, options.threads, options.signal, ({ table, shard }, signal) =>
    copyShard(table, shard, checkpoints, { ...options, signal }),
  );
}

async function copyShard(
  table: CopyTable,
  first: Shard,
  checkpoints: Checkpoints,
  options: CopyOptions,
): Promise<void> {
  const { source, target } = table;
  const rows = Math.min(options.batchRows, target.manifest.load.rows);
  const bytes = Math.min(COPY_PAGE_BYTES, target.manifest.load.bytes);
  const range = { after: first.position ?? first.range.after, through: first.range.through };
  let shard = first;
  for await (const page of pagesOf(source, range, {
    filter: options.filter,
    rows,
    bytes,
    signal: options.signal,
  })) {
    for (const { batch, position, done } of stepsOf(page, shard.position, { rows, bytes })) {
      await options.rate.admit(batch.rows.length, options.signal);
      shard = await commit(table, shard, checkpoints, batch, { position, done }, options.signal);
      options.onCopied(table, batch.rows.length, batch.bytes);
    }
  }
}

interface CopyStep {
  readonly batch: Batch<Row>;
  /** What the checkpoint says once the batch is in. */
  readonly position: RowKey | undefined;
  readonly done: boolean;
}

/**
 * The batches of a page. The last one's position is the page's own continuation, which may be far behind its last row
 * where a filter left rows out; a page without one ends the shard, even if it is empty.
 */
function stepsOf(page: Page, before: RowKey | undefined, limits: BatchLimits): readonly CopyStep[] {
  const batches = batchesOf(page.rows, limits);
  const last = batches.at(-1) ?? { rows: [], bytes: 0 };
  const earlier = batches
    .slice(0, -1)
    .map((batch) => ({ batch, position: lastKey(batch) ?? before, done: false }));
  const position = page.continuation ?? lastKey(last) ?? before;
  return [...earlier, { batch: last, position, done: page.continuation === undefined }];
}

function lastKey({ rows }: Batch<Row>): RowKey | undefined {
  const last = rows.at(-1);
  return last && keyOf(last);
}

async function commit(
  table: CopyTable,
  shard: Shard,
  checkpoints: Checkpoints,
  batch: Batch<Row>,
  { position, done }: { position: RowKey | undefined; done: boolean },
  signal: AbortSignal,
): Promise<Shard> {
  const next = { position, done, rows: shard.rows + batch.rows.length, bytes: shard.bytes + batch.bytes };
  const mark = checkpoints.markOf(table.index, shard, next);
  const version = await asOwner(`the copy of ${table.target.name}`, () =>
    loadMarked(checkpoints.beside(table.target), batch.rows, mark, { signal }),
  );
  return { ...shard, ...next, version };
}
