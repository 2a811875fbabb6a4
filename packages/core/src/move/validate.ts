import type { ControlStore } from '../control/index.ts';
import { type Clock, isOperationalError, type Json, type OperationalError } from '../std/index.ts';
import type { Filter, Table } from '../table/index.ts';
import { type KeyRange, runPool, splitTable } from '../transfer/index.ts';
import { compareRange } from './compare-range.ts';
import type { Difference, ValidateSummary } from './events.ts';
import { COMPARE_PAGE_BYTES, COMPARE_PAGE_ROWS } from './page-sizes.ts';

export interface ValidateTable {
  readonly index: number;
  readonly source: Table;
  readonly target: Table;
}

export interface ValidateOptions {
  readonly filter: Filter | undefined;
  readonly threads: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  onCompared(table: ValidateTable, rows: number): void;
  onDifference(difference: Difference): Promise<void>;
  /** Called once at most, with the first error because of which rows could not be compared. */
  onFailure(table: ValidateTable, error: OperationalError): void;
}

interface RangeResult extends ValidateSummary {
  readonly table: number;
  readonly range: number;
}

interface TablePlan {
  readonly ranges: readonly KeyRange[];
  /** About how many rows the source has in each range, if it can tell. */
  readonly rowsPerRange: number | null;
}

/** How far an interrupted validation came: its ranges, and which of them are compared. */
interface ValidationDocument {
  readonly generation: number;
  readonly tables: readonly TablePlan[];
  readonly results: readonly RangeResult[];
}

/** How often the ranges that were compared are kept: as much work as an interruption may cost, besides its own range. */
const SAVE_MS = 500;

const NO_PLAN: TablePlan = { ranges: [], rowsPerRange: null };

const EMPTY_SUMMARY: ValidateSummary = {
  compared: 0,
  notCompared: 0,
  missing: 0,
  extra: 0,
  different: 0,
};

/**
 * Compares every row of every table, and sums up what is not the same.
 *
 * Reads both stores and writes to neither. What is compared is kept in the control store, by key range; a resumed
 * validation leaves out the ranges that were found equal, and compares those with differences again, so that the
 * report of the run that ends it is whole.
 */
export class Validation {
  readonly #control: ControlStore;
  readonly #name: string;
  #document: ValidationDocument;
  #revision: number | undefined;
  #saving: Promise<void> = Promise.resolve();

  private constructor(control: ControlStore, name: string, document: ValidationDocument, revision?: number) {
    this.#control = control;
    this.#name = name;
    this.#document = document;
    this.#revision = revision;
  }

  /** Goes on with the last validation of this generation if `resume`, else plans a new one. */
  static async open(
    control: ControlStore,
    job: { readonly id: string; readonly generation: number },
    tables: readonly ValidateTable[],
    { resume, threads, signal }: { resume: boolean; threads: number; signal: AbortSignal },
  ): Promise<Validation> {
    const name = `validations/${job.id}`;
    const found = await control.get(name);
    const before = found?.value as unknown as ValidationDocument | undefined;
    if (resume && found && before?.generation === job.generation && before.tables?.length === tables.length) {
      const results = before.results.filter((result) => isClean(result));
      return new Validation(control, name, { ...before, results }, found.revision);
    }
    const plans: TablePlan[] = [];
    for (const { source } of tables) plans.push(await planTable(source, threads, signal));
    const fresh = new Validation(
      control,
      name,
      { generation: job.generation, tables: plans, results: [] },
      found?.revision,
    );
    await fresh.#save();
    return fresh;
  }

  /** Rows compared already, of one table. */
  comparedBefore(table: number): number {
    return sum(this.#document.results.filter((result) => result.table === table)).compared;
  }

  async run(tables: readonly ValidateTable[], options: ValidateOptions): Promise<ValidateSummary> {
    const done = new Set(this.#document.results.map(({ table, range }) => `${table}/${range}`));
    const work = tables.flatMap((table) => {
      const { ranges, rowsPerRange } = this.#document.tables[table.index] ?? NO_PLAN;
      return ranges
        .map((range, index) => ({ ...table, range, rows: rowsPerRange, place: index }))
        .filter(({ place }) => !done.has(`${table.index}/${place}`));
    });
    let failed = false;
    const onFailure: ValidateOptions['onFailure'] = (table, error) => {
      if (!failed) options.onFailure(table, error);
      failed = true;
    };
    let savedMs = options.clock.monotonic();
    await runPool(work, options.threads, options.signal, async (piece, signal) => {
      const result = await comparePiece(piece, { ...options, onFailure, signal });
      this.#record({ ...result, table: piece.index, range: piece.place });
      if (options.clock.monotonic() - savedMs < SAVE_MS) return;
      savedMs = options.clock.monotonic();
      await this.#save();
    });
    return sum(this.#document.results);
  }

  #record(result: RangeResult): void {
    this.#document = { ...this.#document, results: [...this.#document.results, result] };
  }

  /** Saves one after another: each needs the revision that the one before it gave. */
  #save(): Promise<void> {
    const saved = this.#saving.then(async () => {
      const { revision } = await this.#control.put(this.#name, asJson(this.#document), this.#revision);
      this.#revision = revision;
    });
    this.#saving = saved.catch(() => undefined);
    return saved;
  }
}

async function planTable(source: Table, threads: number, signal: AbortSignal): Promise<TablePlan> {
  const { ranges, rows } = await splitTable(source, threads, signal);
  return { ranges, rowsPerRange: rows === undefined ? null : Math.round(rows / ranges.length) };
}

/** One range of a table. */
interface Piece extends ValidateTable {
  readonly range: KeyRange;
  /** About how many rows it has, if that is known. */
  readonly rows: number | null;
}

/**
 * Compares one range. What a store fails to tell counts as not compared, never as equal, and stops nothing else; the
 * caller's own failures, aborts and defects are thrown.
 */
async function comparePiece(piece: Piece, options: ValidateOptions): Promise<ValidateSummary> {
  const counts = { ...EMPTY_SUMMARY };
  const progress = new UntoldRows((rows) => options.onCompared(piece, rows));
  let telling = false;
  try {
    await compareRange(piece.source, piece.target, piece.range, {
      ...options,
      pageRows: COMPARE_PAGE_ROWS,
      pageBytes: COMPARE_PAGE_BYTES,
      onCompared(rows) {
        counts.compared += rows;
        progress.add(rows);
      },
      onNotCompared(rows) {
        counts.notCompared += rows;
      },
      async onDifference(difference) {
        counts[difference.kind] += 1;
        telling = true;
        await options.onDifference(difference);
        telling = false;
      },
    });
  } catch (error) {
    if (telling || options.signal.aborted || !isStoreFailure(error)) throw error;
    const rest = (piece.rows ?? 0) - counts.compared - counts.notCompared;
    counts.notCompared += Math.max(1, rest);
    options.onFailure(piece, error);
  }
  progress.tell();
  return counts;
}

function isStoreFailure(error: unknown): error is OperationalError {
  if (!isOperationalError(error) || !error.code.startsWith('TABLE_')) return false;
  return error.code !== 'TABLE_ABORTED' && error.code !== 'TABLE_CLOSED';
}

/** Tells of rows a page at a time: to tell of each would cost more than to compare it. */
class UntoldRows {
  readonly #onRows: (rows: number) => void;
  #rows = 0;

  constructor(onRows: (rows: number) => void) {
    this.#onRows = onRows;
  }

  add(rows: number): void {
    this.#rows += rows;
    if (this.#rows >= COMPARE_PAGE_ROWS) this.tell();
  }

  tell(): void {
    this.#onRows(this.#rows);
    this.#rows = 0;
  }
}

function isClean({ notCompared, missing, extra, different }: ValidateSummary): boolean {
  return notCompared + missing + extra + different === 0;
}

function sum(results: readonly ValidateSummary[]): ValidateSummary {
  return results.reduce<ValidateSummary>(
    (total, result) => ({
      compared: total.compared + result.compared,
      notCompared: total.notCompared + result.notCompared,
      missing: total.missing + result.missing,
      extra: total.extra + result.extra,
      different: total.different + result.different,
    }),
    EMPTY_SUMMARY,
  );
}

/** Undefined bounds are left out, as JSON has none. */
function asJson(document: ValidationDocument): Json {
  return JSON.parse(JSON.stringify(document)) as Json;
}
