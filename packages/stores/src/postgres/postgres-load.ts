import {
  encodedProperties,
  isReservedRow,
  type LoadResult,
  type Mark,
  type RowData,
  type WriteResult,
} from 'changeover/table';
import { RESERVED_MARK } from '../layout/index.ts';
import { storedText } from './postgres-codec.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { COPY_ROWS_MIN, copyField, FIELD_END, linesOf } from './postgres-copy.ts';
import { isUniqueViolation } from './postgres-errors.ts';
import type { WriteRequest } from './postgres-fences.ts';
import { markError, markResults, markTexts, writeMark } from './postgres-mark.ts';
import { quoteText } from './postgres-names.ts';
import type { WritePlace } from './postgres-write.ts';

export interface LoadPlace extends WritePlace {
  readonly schema: string;
  /** Only such a handle is let write what is reserved. */
  readonly seesReserved: boolean;
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
  async load(rows: readonly RowData[], marks: readonly Mark[], request: WriteRequest): Promise<LoadResult> {
    const texts = markTexts(this.#place, marks);
    if (!texts || this.#rowsExist || rows.length < COPY_ROWS_MIN) return this.#upsert(rows, marks, request);
    try {
      return await this.#copy(rows, marks, texts, request);
    } catch (error) {
      if (!isUniqueViolation(error)) throw markError(marks, error);
    }
    // Some row was there before. The transaction is gone as a whole, so all of it is done once more.
    this.#rowsExist = true;
    return this.#upsert(rows, marks, request);
  }

  async #copy(
    rows: readonly RowData[],
    marks: readonly Mark[],
    texts: readonly string[],
    { fences, ...request }: WriteRequest,
  ): Promise<LoadResult> {
    const { name, table, registry, versions } = this.#place;
    const note =
      this.#place.seesReserved && reservesAny(rows) ? [registry.noteReserved(quoteText(name), 'true')] : [];
    const copied = await this.#connection.copyIn(
      {
        before: [...fences.texts, ...texts, `select null, null, null, nextval(${versions})`, ...note],
        copy: `copy ${table} (partition_key, row_key, version, properties) from stdin`,
        lines: (before) => linesOf(rows, fieldsWith(String(before[marks.length]?.[3]))),
      },
      request,
    );
    return { marks: markResults(marks, copied.before) };
  }

  #upsert(
    rows: readonly RowData[],
    marks: readonly Mark[],
    { fences, ...request }: WriteRequest,
  ): Promise<LoadResult> {
    const { name, table, registry, versions } = this.#place;
    const text =
      `insert into ${table} (partition_key, row_key, version, properties) ` +
      `select p, r, stamp.version, e from unnest($1::text[], $2::text[], $3::text[]) as rows(p, r, e), ` +
      `(select nextval(${versions}) as version) as stamp on conflict (partition_key, row_key) ` +
      'do update set version = excluded.version, properties = excluded.properties';
    const values = [
      rows.map(({ partitionKey }) => storedText(partitionKey)),
      rows.map(({ rowKey }) => storedText(rowKey)),
      rows.map(encodedProperties),
    ];
    return this.#connection.transact(
      async (session) => {
        const results: WriteResult[] = [];
        for (const [index, mark] of marks.entries()) {
          results.push(await writeMark(session, this.#place, mark, index));
        }
        if (rows.length > 0) await session.run({ text, values, prepared: true });
        if (this.#place.seesReserved && reservesAny(rows))
          await session.run({ text: registry.noteReserved('$1', 'true'), values: [name] });
        return { marks: results };
      },
      { ...request, first: fences.texts },
    );
  }
}

function fieldsWith(version: string): (row: RowData) => string {
  return (row) => {
    const key = `${copyField(storedText(row.partitionKey))}${FIELD_END}${copyField(storedText(row.rowKey))}`;
    return `${key}${FIELD_END}${version}${FIELD_END}${copyField(encodedProperties(row))}`;
  };
}

/** A string value may look like the name of a reserved property. That only costs a needless search some day. */
function reservesAny(rows: readonly RowData[]): boolean {
  return rows.some((row) => isReservedRow(row.rowKey) || encodedProperties(row).includes(RESERVED_MARK));
}
