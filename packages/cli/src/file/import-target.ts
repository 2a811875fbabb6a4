import { isCode } from 'changeover/std';
import { type Problem, problemWithin, type RowData, type Store, type Table } from 'changeover/table';
import { CliError } from '../cli-error.ts';

export interface ImportConsent {
  readonly recreate: boolean;
  readonly intoExisting: boolean;
}

/**
 * The table that rows are imported into. It is dropped and made only when the first rows are there to be written: a
 * file that cannot be read leaves the store as it was.
 */
export class ImportTarget {
  readonly name: string;
  readonly #store: Store;
  readonly #consent: ImportConsent;
  /** Undefined as long as there is none. */
  #table: Table | undefined;
  #ready = false;

  private constructor(store: Store, name: string, consent: ImportConsent, table: Table | undefined) {
    this.name = name;
    this.#store = store;
    this.#consent = consent;
    this.#table = table;
  }

  /** Looks for the table. Throws `CLI_NOT_EMPTY` if it holds rows, and nobody consented. Changes nothing. */
  static async find(store: Store, name: string, consent: ImportConsent): Promise<ImportTarget> {
    const table = await openOrNone(store, name);
    const target = new ImportTarget(store, name, consent, table);
    if (!table || consent.recreate || consent.intoExisting || (await table.describe()).empty) return target;
    await table.close();
    throw new CliError(
      'CLI_NOT_EMPTY',
      `the table ${JSON.stringify(name)} of ${store.location} holds rows`,
      'Use --into-existing to write over and beside them, or --recreate to drop the table first.',
    );
  }

  get exists(): boolean {
    return this.#table !== undefined;
  }

  /** Whether everything that is made or dropped has been. */
  get ready(): boolean {
    return this.#ready;
  }

  /** The most that one load takes. */
  get load(): { readonly rows: number; readonly bytes: number } {
    return (this.#table ?? this.#store).manifest.load;
  }

  problemOf(row: RowData): Problem | undefined {
    const asked = this.#table ?? this.#store;
    return asked.problemOf ? asked.problemOf(row) : problemWithin(this.#store.manifest, row);
  }

  /** The table, ready to be written to. */
  async open(): Promise<Table> {
    if (this.#table && !this.#ready && this.#consent.recreate && !(await this.#table.describe()).empty) {
      await this.#table.close();
      this.#table = undefined;
      await this.#store.drop(this.name);
    }
    if (!this.#table) {
      await this.#store.create(this.name);
      this.#table = await this.#store.open(this.name);
    }
    this.#ready = true;
    return this.#table;
  }

  async close(): Promise<void> {
    await this.#table?.close();
  }
}

async function openOrNone(store: Store, name: string): Promise<Table | undefined> {
  try {
    return await store.open(name);
  } catch (error) {
    if (isCode(error, 'TABLE_NOT_FOUND')) return undefined;
    throw error;
  }
}
