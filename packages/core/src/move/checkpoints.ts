import { isCode } from '../std/index.ts';
import {
  type Change,
  compareKeys,
  type Filter,
  keyOf,
  type Mark,
  type Properties,
  RESERVED_TABLE_PREFIX,
  type Row,
  type RowKey,
  type Store,
  sameKey,
  type Table,
  type Value,
  type Version,
  type Write,
} from '../table/index.ts';
import type { KeyRange } from '../transfer/index.ts';
import { MoveError, refuse } from './errors.ts';
import { JOB_FORMAT } from './job.ts';
import type { MarkedPlace } from './load-marked.ts';

/** The reserved table of a target in which a move keeps its marks and the checkpoints of its shards. */
export const PROGRESS_TABLE = `${RESERVED_TABLE_PREFIX}progress`;

/** The row of a job's partition that a running repair holds. */
const REPAIR_KEY = 'repair';

/** Says in the target itself that a job writes into one of its tables. */
export interface TargetMark {
  readonly job: string;
  readonly generation: number;
  /** The identity of the control store that knows the job, and for people its location. */
  readonly control: string;
  readonly controlLocation: string;
  readonly state: 'live' | 'copied';
}

/** One key range of a table, and how far it is copied. */
export interface Shard {
  readonly index: number;
  readonly range: KeyRange;
  /** Everything up to and with this key is in the target; undefined at the beginning. */
  readonly position: RowKey | undefined;
  readonly rows: number;
  readonly bytes: number;
  readonly done: boolean;
  /** Of the checkpoint's row; a worker whose version has passed can write nothing more. */
  readonly version: Version;
}

export interface TablePlan {
  readonly totalRows: number | null;
  readonly shards: readonly Shard[];
}

/** Opens the progress table for reading; undefined if the target has none, so no job ever wrote there. */
export async function openProgress(target: Store): Promise<Table | undefined> {
  try {
    return await target.open(PROGRESS_TABLE, { reserved: true });
  } catch (error) {
    if (isCode(error, 'TABLE_NOT_FOUND')) return undefined;
    throw error;
  }
}

export async function createProgress(target: Store): Promise<Table> {
  const found = await openProgress(target);
  if (found) return found;
  try {
    await target.create(PROGRESS_TABLE, { reserved: true });
  } catch (error) {
    // Another job of this target made it a moment ago.
    if (!isCode(error, 'TABLE_ALREADY_EXISTS')) throw error;
  }
  return target.open(PROGRESS_TABLE, { reserved: true });
}

export async function readMark(progress: Table, targetTable: string): Promise<TargetMark | undefined> {
  const row = await progress.get({ partitionKey: 'marks', rowKey: targetTable });
  return row && markOf(row);
}

export async function writeMark(progress: Table, targetTable: string, mark: TargetMark): Promise<void> {
  const properties = markProperties(mark);
  await progress.write([{ kind: 'upsertReplace', partitionKey: 'marks', rowKey: targetTable, properties }]);
}

/** Whether two marks are of one generation of one job, in one control store. */
export function isSameHolder(
  mark: TargetMark | undefined,
  { job, generation, control }: Pick<TargetMark, 'job' | 'generation' | 'control'>,
): boolean {
  return mark?.job === job && mark.generation === generation && mark.control === control;
}

/**
 * Says on a target table that a job has copied everything, if the mark there is still the job's own: one that slept and
 * was overtaken must not put its mark over that of whoever writes now. False if it is another's.
 */
export async function markCopied(
  progress: Table,
  targetTable: string,
  holder: Pick<TargetMark, 'job' | 'generation' | 'control'>,
): Promise<boolean> {
  const row = await progress.get({ partitionKey: 'marks', rowKey: targetTable });
  const mark = row && markOf(row);
  if (!row || !mark || !isSameHolder(mark, holder)) return false;
  const { partitionKey, rowKey, version } = row;
  const properties = markProperties({ ...mark, state: 'copied' });
  try {
    await progress.write([{ kind: 'replace', partitionKey, rowKey, properties, condition: version }]);
    return true;
  } catch (error) {
    if (!isCode(error, 'TABLE_VERSION_MISMATCH', 'TABLE_ROW_ABSENT')) throw error;
    return false;
  }
}

export async function deleteMark(progress: Table, targetTable: string): Promise<void> {
  await progress.write([{ kind: 'delete', partitionKey: 'marks', rowKey: targetTable }]);
}

/**
 * The checkpoints of one generation of one job: a partition of the progress table. Each table of the job has a plan
 * row and one row a shard, which are written together or not at all.
 */
export class Checkpoints {
  readonly #progress: Table;
  readonly #partition: string;

  constructor(progress: Table, job: string, generation: number) {
    this.#progress = progress;
    // Some stores have no slash in a key.
    this.#partition = `job:${job}:${generation}`;
  }

  /** The shards of a table, or undefined if none were planned yet. */
  async read(table: number): Promise<TablePlan | undefined> {
    const rows = await this.#progress.query(this.#partition, { filter: rowsOfTable(table) });
    const plan = rows.find(({ rowKey }) => rowKey === planKey(table));
    if (!plan) return undefined;
    const shards = rows.filter(({ rowKey }) => rowKey.startsWith(shardPrefix(table))).map(readShard);
    if (integer(plan, 'format') !== JOB_FORMAT || integer(plan, 'shards') !== shards.length) {
      throw unusable(`table ${table} of ${this.#partition} has the wrong format or number of shards`);
    }
    if (!coverEverything(shards))
      throw unusable(`the shards of table ${table} of ${this.#partition} leave a gap`);
    const totalRows = plan.properties['totalRows'];
    return { totalRows: totalRows ? integer(plan, 'totalRows') : null, shards };
  }

  /** Writes the plan of a table. */
  async plan(table: number, ranges: readonly KeyRange[], totalRows: number | null): Promise<TablePlan> {
    const plan: Properties = {
      format: int64(JOB_FORMAT),
      shards: int64(ranges.length),
      ...(totalRows === null ? {} : { totalRows: int64(totalRows) }),
    };
    const shards = ranges.map((range, index) => {
      const properties = shardProperties({ range, position: undefined, rows: 0, bytes: 0, done: false });
      return this.#insert(shardKey(table, index), properties);
    });
    await this.#progress.write([this.#insert(planKey(table), plan), ...shards]);
    return (await this.read(table)) as TablePlan;
  }

  /**
   * Makes every unfinished shard ours by changing the version of its checkpoint: whoever held it before, and may be
   * about to wake, finds its next batch refused.
   */
  async claim(table: number, shards: readonly Shard[]): Promise<readonly Shard[]> {
    const open = shards.filter(({ done }) => !done);
    if (open.length === 0) return shards;
    const results = await this.#progress.write(open.map((shard) => this.#replace(table, shard, shard)));
    const versions = new Map(open.map(({ index }, at) => [index, results[at]?.version as Version]));
    return shards.map((shard) => ({ ...shard, version: versions.get(shard.index) ?? shard.version }));
  }

  /** The mark that moves a shard's checkpoint from `shard` to `next`, for the load that earns it. */
  markOf(table: number, shard: Shard, next: Omit<Shard, 'index' | 'range' | 'version'>): Mark {
    return { table: PROGRESS_TABLE, write: this.#replace(table, shard, next) };
  }

  /** Begins a repair; the marks of every earlier one are refused from now on. */
  async claimRepair(): Promise<Version> {
    const properties: Properties = { format: int64(JOB_FORMAT) };
    const row = { partitionKey: this.#partition, rowKey: REPAIR_KEY, properties };
    const [result] = await this.#progress.write([{ kind: 'upsertReplace', ...row }]);
    return result?.version ?? '';
  }

  /** The mark by which a load proves that its repair is still the one. */
  repairMark(version: Version): Mark {
    const properties: Properties = { format: int64(JOB_FORMAT) };
    const row = { partitionKey: this.#partition, rowKey: REPAIR_KEY, properties };
    return { table: PROGRESS_TABLE, write: { kind: 'replace', ...row, condition: version } };
  }

  /** Where the checkpoints are, beside a table of the same target. */
  beside(target: Table): MarkedPlace {
    return { target, progress: this.#progress };
  }

  /** How many shards a table's plan can have: it is written at once. */
  get shardsMax(): number {
    return this.#progress.manifest.atomicBatch.rows - 1;
  }

  /** Forgets the generation. */
  async drop(): Promise<void> {
    const { rows: atOnce } = this.#progress.manifest.atomicBatch;
    const partition = keyIs('partitionKey', 'eq', this.#partition);
    for (let after: RowKey | undefined, more = true; more; ) {
      const page = await this.#progress.scan({ filter: partition, select: [], ...(after ? { after } : {}) });
      let gone = true;
      for (let start = 0; start < page.rows.length; start += atOnce) {
        gone = (await this.#delete(page.rows.slice(start, start + atOnce))) && gone;
      }
      // Somebody else forgets it, too: what is left is looked at again.
      if (!gone) continue;
      after = page.continuation;
      more = after !== undefined;
    }
  }

  /** Together only rows that are there can be deleted in every store. False if one was not. */
  async #delete(rows: readonly RowKey[]): Promise<boolean> {
    try {
      await this.#progress.write(
        rows.map((row): Write => ({ kind: 'delete', ...keyOf(row), condition: '*' })),
      );
      return true;
    } catch (error) {
      if (isCode(error, 'TABLE_ROW_ABSENT')) return false;
      throw error;
    }
  }

  #insert(rowKey: string, properties: Properties): Write {
    return { kind: 'insert', partitionKey: this.#partition, rowKey, properties };
  }

  #replace(table: number, shard: Shard, next: Omit<Shard, 'index' | 'range' | 'version'>): Change {
    return {
      kind: 'replace',
      partitionKey: this.#partition,
      rowKey: shardKey(table, shard.index),
      condition: shard.version,
      properties: shardProperties({ ...next, range: shard.range }),
    };
  }
}

/** Whether each shard begins where the one before it ends, from the first key to the last, and stands within itself. */
function coverEverything(shards: readonly Shard[]): boolean {
  return shards.every(({ range: { after, through }, position }, index) => {
    const before = shards[index - 1]?.range.through;
    const last = index === shards.length - 1;
    const joins =
      index === 0 ? !after : after !== undefined && before !== undefined && sameKey(after, before);
    const within =
      !position ||
      ((!after || compareKeys(after, position) <= 0) && (!through || compareKeys(position, through) <= 0));
    return joins && within && last === (through === undefined);
  });
}

function markOf(row: Row): TargetMark {
  return {
    job: text(row, 'job'),
    generation: integer(row, 'generation'),
    control: text(row, 'control'),
    controlLocation: text(row, 'controlLocation'),
    state: text(row, 'state') === 'copied' ? 'copied' : 'live',
  };
}

function markProperties(mark: TargetMark): Properties {
  return {
    job: { type: 'string', value: mark.job },
    generation: int64(mark.generation),
    control: { type: 'string', value: mark.control },
    controlLocation: { type: 'string', value: mark.controlLocation },
    state: { type: 'string', value: mark.state },
  };
}

function planKey(table: number): string {
  return `${padded(table)}:plan`;
}

function rowsOfTable(table: number): Filter {
  // A semicolon comes behind a colon.
  const bounds = [keyIs('rowKey', 'ge', `${padded(table)}:`), keyIs('rowKey', 'lt', `${padded(table)};`)];
  return { kind: 'and', operands: bounds };
}

function keyIs(kind: 'partitionKey' | 'rowKey', operator: 'eq' | 'ge' | 'lt', value: string): Filter {
  return { kind: 'comparison', subject: { kind }, operator, value: { type: 'string', value } };
}

function shardPrefix(table: number): string {
  return `${padded(table)}:shard:`;
}

function shardKey(table: number, index: number): string {
  return shardPrefix(table) + padded(index);
}

/** Wide enough that the order of the text is the order of the numbers. */
function padded(number: number): string {
  return String(number).padStart(6, '0');
}

function shardProperties(shard: Omit<Shard, 'index' | 'version'>): Properties {
  return {
    ...keyProperties('after', shard.range.after),
    ...keyProperties('through', shard.range.through),
    ...keyProperties('position', shard.position),
    rows: int64(shard.rows),
    bytes: int64(shard.bytes),
    done: { type: 'boolean', value: shard.done },
  };
}

function readShard(row: Row): Shard {
  const done = row.properties['done'];
  if (done?.type !== 'boolean') throw unusable(`${row.rowKey} does not say whether it is done`);
  return {
    index: Number(row.rowKey.slice(row.rowKey.lastIndexOf(':') + 1)),
    range: { after: readKey(row, 'after'), through: readKey(row, 'through') },
    position: readKey(row, 'position'),
    rows: integer(row, 'rows'),
    bytes: integer(row, 'bytes'),
    done: done.value,
    version: row.version,
  };
}

function keyProperties(name: string, key: RowKey | undefined): Properties {
  if (!key) return {};
  return {
    [`${name}Partition`]: { type: 'string', value: key.partitionKey },
    [`${name}Row`]: { type: 'string', value: key.rowKey },
  };
}

function readKey(row: Row, name: string): RowKey | undefined {
  if (!row.properties[`${name}Partition`]) return undefined;
  return { partitionKey: text(row, `${name}Partition`), rowKey: text(row, `${name}Row`) };
}

function int64(value: number): Value {
  return { type: 'int64', value: BigInt(value) };
}

function integer(row: Row, name: string): number {
  const value = row.properties[name];
  if (value?.type !== 'int64') throw unusable(`${row.rowKey} has no ${name}`);
  return Number(value.value);
}

function text(row: Row, name: string): string {
  const value = row.properties[name];
  if (value?.type !== 'string') throw unusable(`${row.rowKey} has no ${name}`);
  return value.value;
}

function unusable(reason: string): MoveError {
  return refuse(
    'MOVE_CHECKPOINT_UNUSABLE',
    `a checkpoint in the target cannot be used: ${reason}`,
    'Nothing was skipped on its word. Start over with --recreate.',
  );
}
