import { type Clock, isCode } from 'changeover/std';
import {
  compareText,
  isReservedTable,
  type Manifest,
  type OpenOptions,
  type Problem,
  type RowData,
  refusal,
  type Store,
  TableError,
} from 'changeover/table';
import { parseBody } from './azure-tables-codec.ts';
import {
  AzureTablesConnection,
  type AzureTablesPatience,
  type AzureTablesPlace,
} from './azure-tables-connection.ts';
import { azureTablesError, codeOf } from './azure-tables-errors.ts';
import { literal } from './azure-tables-keys.ts';
import { MANIFEST } from './azure-tables-manifest.ts';
import { nameOf, storedName } from './azure-tables-names.ts';
import { problemOf } from './azure-tables-problem.ts';
import { tokenOf } from './azure-tables-query.ts';
import { AzureTablesTable } from './azure-tables-table.ts';

export interface AzureTablesStoreOptions extends AzureTablesPatience {
  readonly place: AzureTablesPlace;
  /** `read` sends no request that changes anything. */
  readonly mode: 'read' | 'write';
  readonly clock: Clock;
}

/** The tables of one account: those that Changeover made, and those that were there before, for all are alike. */
export class AzureTablesStore implements Store {
  readonly kind = 'azure-tables';
  readonly location: string;
  readonly identity: string;
  readonly mapping = undefined;
  readonly manifest: Manifest;
  readonly connection: AzureTablesConnection;
  readonly #open = new Set<AzureTablesTable>();
  #closed = false;

  /** Asks nobody yet. */
  constructor({ mode, ...options }: AzureTablesStoreOptions) {
    this.connection = new AzureTablesConnection(options);
    const { location, endpoint, timeoutMs } = this.connection;
    this.location = location;
    this.identity = `azure-tables:${identityOf(endpoint)}`;
    this.manifest = { ...MANIFEST, readOnly: mode === 'read', requestLifetimeMs: timeoutMs };
  }

  problemOf(row: RowData): Problem | undefined {
    return problemOf(row, this.connection.flavour);
  }

  async list(options: OpenOptions = {}): Promise<readonly string[]> {
    this.#checkReady(options);
    const stored = await this.#storedNames(undefined, options.signal);
    return stored
      .map(nameOf)
      .filter((name) => options.reserved || !isReservedTable(name))
      .toSorted(compareText);
  }

  async create(name: string, options: OpenOptions = {}): Promise<void> {
    this.#checkReady(options);
    this.#checkWritable();
    const body = JSON.stringify({ TableName: storedName(name, options) });
    const headers = { Prefer: 'return-no-content' };
    await this.connection.run({
      method: 'POST',
      path: '/Tables',
      headers,
      body,
      isWrite: true,
      signal: options.signal,
    });
  }

  async drop(name: string, options: OpenOptions = {}): Promise<boolean> {
    this.#checkReady(options);
    this.#checkWritable();
    const path = `/Tables(${literal(storedName(name, options))})`;
    const answer = await this.connection.send({
      method: 'DELETE',
      path,
      isWrite: true,
      signal: options.signal,
    });
    if (answer.ok) return true;
    if (['TABLE_ROW_ABSENT', 'TABLE_NOT_FOUND'].includes(codeOf(answer.error))) return false;
    throw azureTablesError(answer.error, this.location, { isWrite: true });
  }

  async rename(name: string, _newName: string, options: OpenOptions = {}): Promise<void> {
    this.#checkReady(options);
    const hint = 'Move its rows into a table of the new name.';
    throw refusal(
      'TABLE_NOT_SUPPORTED',
      `${this.location} gives ${JSON.stringify(name)} no other name`,
      {},
      hint,
    );
  }

  async open(name: string, options: OpenOptions = {}): Promise<AzureTablesTable> {
    this.#checkReady(options);
    const stored = storedName(name, options);
    await this.#checkTable(name, stored, options.signal);
    const readOnly = this.manifest.readOnly;
    const table = new AzureTablesTable(name, { ...options, connection: this.connection, stored, readOnly });
    this.#open.add(table);
    return table;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([...this.#open].map((table) => table.close()));
    this.connection.close();
  }

  /** The service finds tables by any case of their names. We do not: one table would have several names. */
  async #checkTable(name: string, stored: string, signal: AbortSignal | undefined): Promise<void> {
    try {
      const found = await this.#storedNames(`TableName eq ${literal(stored)}`, signal);
      if (found.includes(stored)) return;
    } catch (error) {
      // A SAS of one table does not let us list, but look.
      if (!isCode(error, 'TABLE_PERMISSION_DENIED')) throw error;
      await this.connection.run({ method: 'GET', path: `/${stored}()?$top=1`, isWrite: false, signal });
      return;
    }
    const all = await this.#storedNames(undefined, signal);
    const like = all.find((other) => other.toLowerCase() === stored.toLowerCase());
    const hint = like === undefined ? undefined : `Did you mean ${JSON.stringify(nameOf(like))}?`;
    throw refusal('TABLE_NOT_FOUND', `${this.location} has no table ${JSON.stringify(name)}`, {}, hint);
  }

  async #storedNames(
    filter: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<readonly string[]> {
    const names: string[] = [];
    const parameters = filter === undefined ? [] : [`$filter=${encodeURIComponent(filter)}`];
    for (let token: string | undefined = ''; token !== undefined; ) {
      const query = [...parameters, ...(token === '' ? [] : [token])].join('&');
      const path = query === '' ? '/Tables' : `/Tables?${query}`;
      const answer = await this.connection.run({ method: 'GET', path, isWrite: false, signal });
      const { value } = parseBody(answer.body) as {
        readonly value: readonly { readonly TableName: string }[];
      };
      names.push(...value.map(({ TableName }) => TableName));
      token = tokenOf((header) => answer.header(`x-ms-continuation-${header}`), ['NextTableName']);
    }
    return names;
  }

  #checkReady({ signal }: OpenOptions): void {
    if (this.#closed) throw refusal('TABLE_CLOSED', `${this.location} is closed`);
    if (!signal?.aborted) return;
    throw new TableError('TABLE_ABORTED', 'the operation was aborted before it began', {
      effect: 'none',
      cause: signal.reason,
    });
  }

  #checkWritable(): void {
    if (this.manifest.readOnly) throw refusal('TABLE_READ_ONLY', `${this.location} is open for reading only`);
  }
}

/** Host, port and path; the host without regard to case. */
function identityOf(endpoint: string): string {
  const { host, pathname } = new URL(endpoint);
  return host + pathname.replace(/\/+$/, '');
}
