import {
  AbstractTable,
  compareKeys,
  formatKey,
  isReservedProperty,
  isReservedRow,
  type KeySample,
  type LoadOptions,
  type LoadResult,
  type Manifest,
  matchesFilter,
  type OpenOptions,
  type OperationOptions,
  type Page,
  type Problem,
  project,
  propertiesOf,
  type QueryOptions,
  type RangeOptions,
  type Row,
  type RowData,
  type RowKey,
  refusal,
  type ScanOptions,
  type TableDescription,
  type Write,
  type WriteOptions,
  type WriteResult,
} from 'changeover/table';
import { decodeEntity, type Entity, parseBody } from './azure-tables-codec.ts';
import type { AzureTablesConnection } from './azure-tables-connection.ts';
import { azureTablesError, codeOf } from './azure-tables-errors.ts';
import { canExist, rowPath } from './azure-tables-keys.ts';
import { Loader } from './azure-tables-load.ts';
import { MANIFEST } from './azure-tables-manifest.ts';
import { partitionConditions } from './azure-tables-partition.ts';
import { problemOf } from './azure-tables-problem.ts';
import { type QueryPlace, queryPage } from './azure-tables-query.ts';
import { sampleKeys } from './azure-tables-sample.ts';
import { Scanner } from './azure-tables-scan.ts';
import { type WritePlace, writeBatch } from './azure-tables-write.ts';

export interface AzureTablesTableOptions extends OpenOptions {
  readonly connection: AzureTablesConnection;
  /** What the table is called at the service. */
  readonly stored: string;
  readonly readOnly: boolean;
}

/** A table of an account. The connection is the store's. */
export class AzureTablesTable extends AbstractTable {
  readonly manifest: Manifest;
  readonly #place: QueryPlace & WritePlace;
  readonly #scanner: Scanner;
  readonly #loader: Loader;

  constructor(name: string, { connection, stored, readOnly, ...options }: AzureTablesTableOptions) {
    super(name, options);
    this.manifest = { ...MANIFEST, readOnly, requestLifetimeMs: connection.timeoutMs };
    const { seesReserved } = this;
    const get = (key: RowKey, signal: AbortSignal | undefined) => this.#read(key, signal);
    this.#place = { connection, stored, seesReserved, get };
    this.#scanner = new Scanner(this.#place);
    this.#loader = new Loader(this.#place);
  }

  /** Keys are held against the service's limits, and not against the manifest, which promises the least of them. */
  override problemOf(row: RowData): Problem | undefined {
    return problemOf(row, this.#place.connection.flavour);
  }

  protected _get(key: RowKey, { signal }: OperationOptions): Promise<Row | undefined> {
    return this.#read(key, signal);
  }

  protected _write(batch: readonly Write[], { signal }: WriteOptions): Promise<readonly WriteResult[]> {
    return writeBatch(this.#place, batch, signal);
  }

  /** One page of the service, or an error: what spans pages is of several instants. */
  protected async _query(partitionKey: string, options: QueryOptions): Promise<readonly Row[]> {
    const { filter, select, signal } = options;
    const conditions = partitionConditions(partitionKey, filter, this.seesReserved);
    if (!conditions) return [];
    const names = select && [...select, ...(filter ? propertiesOf(filter) : [])];
    const { rows: top } = this.manifest.atomicQuery;
    const { rows, token } = await queryPage(
      this.#place,
      { conditions, select: names, top },
      undefined,
      signal,
    );
    if (token !== undefined) {
      const message = `partition ${JSON.stringify(partitionKey)} has more matching rows than the service reads at one instant`;
      throw refusal('TABLE_QUERY_TOO_LARGE', message, { partitionKey });
    }
    return rows
      .filter(
        (row) => (this.seesReserved || !isReservedRow(row.rowKey)) && (!filter || matchesFilter(filter, row)),
      )
      .map((row) => (select ? { ...row, properties: project(row.properties, select) } : row))
      .toSorted(compareKeys);
  }

  protected _scan(options: ScanOptions & { readonly limit: number }): Promise<Page> {
    return this.#scanner.page(options);
  }

  protected async _load(rows: readonly RowData[], { signal }: LoadOptions): Promise<LoadResult> {
    await this.#loader.load(rows, signal);
    return { marks: [] };
  }

  protected _sampleKeys(parts: number, options: RangeOptions): Promise<KeySample> {
    return sampleKeys(this.#scanner, parts, options);
  }

  /** Looks at every row, unless reserved names turn up before. */
  protected async _describe({ signal }: OperationOptions): Promise<TableDescription> {
    const scanner = new Scanner({ ...this.#place, seesReserved: true });
    const { pageRows: limit } = this.manifest.scan;
    const found: { row?: string; property?: string } = {};
    let empty = true;
    for (let after: RowKey | undefined, more = true; more; ) {
      const page: Page = await scanner.page({
        limit,
        ...(after ? { after } : {}),
        ...(signal ? { signal } : {}),
      });
      for (const row of page.rows) {
        if (isReservedRow(row.rowKey)) {
          found.row ??= `row ${formatKey(row)}`;
          continue;
        }
        empty = false;
        const name = Object.keys(row.properties).find(isReservedProperty);
        if (name !== undefined)
          found.property ??= `property ${JSON.stringify(name)} of row ${formatKey(row)}`;
      }
      after = page.continuation;
      more = after !== undefined && (empty || found.row === undefined || found.property === undefined);
    }
    const reservedNames = [found.row, found.property].filter((phrase) => phrase !== undefined);
    return { reservedNames, changeToken: undefined, empty };
  }

  protected async _close(): Promise<void> {}

  async #read(key: RowKey, signal: AbortSignal | undefined): Promise<Row | undefined> {
    if (!canExist(key)) return undefined;
    const { connection, stored, seesReserved } = this.#place;
    const answer = await connection.send({
      method: 'GET',
      path: `/${stored}${rowPath(key)}`,
      isWrite: false,
      signal,
    });
    if (answer.ok) return decodeEntity(parseBody(answer.body) as Entity, { seesReserved });
    if (codeOf(answer.error) === 'TABLE_ROW_ABSENT') return undefined;
    throw azureTablesError(answer.error, connection.location, { isWrite: false });
  }
}
