import type { ControlStore } from '../control/index.ts';
import type { Json } from '../std/index.ts';
import type { Filter, Table } from '../table/index.ts';
import { type KeyRange, runPool, splitTable } from '../transfer/index.ts';
import { compareRange } from './compare-range.ts';
import type { Difference, ValidateSummary } from './events.ts';

/** Rows and bytes of a page. Two sides and a page read ahead on each: four of these a shard in memory. */
const PAGE_ROWS = 1000;
const PAGE_BYTES = 4 * 1024 * 1024;

export interface ValidateTable {
  readonly index: number;
  readonly source: Table;
  readonly target: Table;
}

export interface ValidateOptions {
  readonly filter: Filter | undefined;
  readonly threads: number;
  readonly signal: AbortSignal;
  onCompared(table: ValidateTable, rows: number): void;
  onDifference(difference: Difference): Promise<void>;
}

interface RangeResult extends ValidateSummary {
  readonly table: number;
  readonly range: number;
}

/** How far an interrupted validation came: its ranges, and which of them are compared. */
interface ValidationDocument {
  readonly generation: number;
  readonly ranges: readonly (readonly KeyRange[])[];
  readonly results: readonly RangeResult[];
}

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
    if (resume && found && before?.generation === job.generation && before.ranges.length === tables.length) {
      const results = before.results.filter((result) => isClean(result));
      return new Validation(control, name, { ...before, results }, found.revision);
    }
    const ranges: (readonly KeyRange[])[] = [];
    for (const { source } of tables) ranges.push((await splitTable(source, threads, signal)).ranges);
    const fresh = new Validation(
      control,
      name,
      { generation: job.generation, ranges, results: [] },
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
    const work = tables.flatMap((table) =>
      (this.#document.ranges[table.index] ?? [])
        .map((range, index) => ({ table, range, index }))
        .filter(({ index }) => !done.has(`${table.index}/${index}`)),
    );
    await runPool(work, options.threads, options.signal, async ({ table, range, index }, signal) => {
      const result = await compareOne(table, range, { ...options, signal });
      await this.#record({ ...result, table: table.index, range: index });
    });
    return sum(this.#document.results);
  }

  #record(result: RangeResult): Promise<void> {
    this.#document = { ...this.#document, results: [...this.#document.results, result] };
    return this.#save();
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

async function compareOne(
  table: ValidateTable,
  range: KeyRange,
  options: ValidateOptions,
): Promise<ValidateSummary> {
  const counts = { ...EMPTY_SUMMARY };
  let untold = 0;
  const tell = () => {
    options.onCompared(table, untold);
    untold = 0;
  };
  await compareRange(table.source, table.target, range, {
    filter: options.filter,
    pageRows: PAGE_ROWS,
    pageBytes: PAGE_BYTES,
    signal: options.signal,
    onCompared(rows) {
      counts.compared += rows;
      untold += rows;
      if (untold >= PAGE_ROWS) tell();
    },
    async onDifference(difference) {
      counts[difference.kind] += 1;
      await options.onDifference(difference);
    },
  });
  tell();
  return counts;
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
