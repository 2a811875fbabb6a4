import {
  encodedProperties,
  isReservedRow,
  isReservedTable,
  type LoadResult,
  type Mark,
  type RowData,
  refusal,
  type WriteResult,
} from 'changeover/table';
import { RESERVED_MARK } from '../layout/index.ts';
import { storedText } from './postgres-codec.ts';
import type { PostgresConnection, PostgresRequest } from './postgres-connection.ts';
import { COPY_ROWS_MIN, linesOf } from './postgres-copy.ts';
import { isUniqueViolation } from './postgres-errors.ts';
import { quoteTable } from './postgres-names.ts';
import type { PostgresSession } from './postgres-session.ts';
import { type WritePlace, writeWithin } from './postgres-write.ts';

export interface LoadPlace extends WritePlace {
  readonly schema: string;
}

/** How the loads of one handle go: by COPY, for as long as no row of them was there before. */
export class Loader {
  readonly #connection: PostgresConnection;
  readonly #place: LoadPlace;
  #rowsExist = false;

  constructor(connection: PostgresConnection, place: LoadPlace) {
    this.#connection = connection;
    this.#place = place;
  }

  /** Upserts whole rows, and writes the marks, all in one transaction. */
  async load(
    rows: readonly RowData[],
    marks: readonly Mark[],
    request: PostgresRequest,
  ): Promise<LoadResult> {
    if (!this.#rowsExist && rows.length >= COPY_ROWS_MIN) {
      try {
        return await this.#transact(marks, request, (session, version) => this.#copy(session, rows, version));
      } catch (error) {
        // Some row was there before. The transaction is gone as a whole, so all of it is done once more.
        if (!isUniqueViolation(error)) throw error;
        this.#rowsExist = true;
      }
    }
    return this.#transact(marks, request, (session, version) => this.#upsert(session, rows, version));
  }

  #transact(
    marks: readonly Mark[],
    request: PostgresRequest,
    write: (session: PostgresSession, version: string) => Promise<void>,
  ): Promise<LoadResult> {
    return this.#connection.transact(async (session) => {
      const results = [];
      for (const [index, mark] of marks.entries()) {
        results.push(await writeMark(session, this.#place, mark, index));
      }
      // The marks' versions are from the same sequence, and nobody else's: their rows may share one.
      const known = results.find(({ version }) => version !== undefined)?.version;
      await write(session, known ?? (await nextVersion(session, this.#place)));
      return { marks: results };
    }, request);
  }

  async #copy(session: PostgresSession, rows: readonly RowData[], version: string): Promise<void> {
    await this.#note(session, rows);
    const columns = '(partition_key, row_key, version, properties)';
    const fields = (row: RowData) => [
      storedText(row.partitionKey),
      storedText(row.rowKey),
      version,
      encodedProperties(row),
    ];
    await session.copyIn(`copy ${this.#place.table} ${columns} from stdin`, linesOf(rows, fields));
  }

  async #upsert(session: PostgresSession, rows: readonly RowData[], version: string): Promise<void> {
    if (rows.length === 0) return;
    await this.#note(session, rows);
    const text =
      `insert into ${this.#place.table} (partition_key, row_key, version, properties) ` +
      'select p, r, $4::bigint, e from unnest($1::text[], $2::text[], $3::text[]) as rows(p, r, e) ' +
      'on conflict (partition_key, row_key) ' +
      'do update set version = excluded.version, properties = excluded.properties';
    const values = [
      rows.map(({ partitionKey }) => storedText(partitionKey)),
      rows.map(({ rowKey }) => storedText(rowKey)),
      rows.map(encodedProperties),
      version,
    ];
    await session.run({ text, values, prepared: true });
  }

  /** A string value may look like the name of a reserved property. That only costs a needless search some day. */
  async #note(session: PostgresSession, rows: readonly RowData[]): Promise<void> {
    const reserves = (row: RowData) =>
      isReservedRow(row.rowKey) || encodedProperties(row).includes(RESERVED_MARK);
    if (!rows.some(reserves)) return;
    await session.run({ text: this.#place.registry.noteReserved('$1', 'true'), values: [this.#place.name] });
  }
}

/** Writes a mark to a reserved table. Throws `TABLE_OPTION_INVALID`, or what the mark's condition says. */
export async function writeMark(
  session: PostgresSession,
  { schema, registry }: Pick<LoadPlace, 'schema' | 'registry'>,
  { table, write }: Mark,
  index: number,
): Promise<WriteResult> {
  if (!isReservedTable(table)) {
    throw refusal('TABLE_OPTION_INVALID', `mark ${index} is for the table ${table}, which is not reserved`);
  }
  const marked = { name: table, table: quoteTable(schema, table), registry, versions: registry.versions };
  return writeWithin((statement) => session.run(statement), marked, write, index);
}

async function nextVersion(session: PostgresSession, { versions }: LoadPlace): Promise<string> {
  const [row] = await session.run({ text: `select nextval(${versions})`, prepared: true });
  return String(row?.[0]);
}
