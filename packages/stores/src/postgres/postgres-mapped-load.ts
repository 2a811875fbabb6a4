import {
  type Change,
  isReservedRow,
  keyOf,
  type LoadResult,
  type Mark,
  type RowData,
  TableError,
  type WriteResult,
} from 'changeover/table';
import { writesReservedProperty } from '../layout/index.ts';
import { COPY_ROWS_MIN, copyField, FIELD_END, linesOf } from './postgres-copy.ts';
import { isUniqueViolation } from './postgres-errors.ts';
import type { WriteRequest } from './postgres-fences.ts';
import { type MappedPut, mappedBatchText, mappedBatchValues, textOf } from './postgres-mapped-batch.ts';
import { unaltered } from './postgres-mapped-guard.ts';
import { keyValues } from './postgres-mapped-problem.ts';
import { type MappedPlace, setReservedProperties } from './postgres-mapped-write.ts';
import { markError, markResults, markTexts, writeMark } from './postgres-mark.ts';
import { quoteName, quoteTable, quoteText } from './postgres-names.ts';
import type { OwnPlace } from './postgres-own-tables.ts';
import type { Runs } from './postgres-registry.ts';
import type { PostgresSession } from './postgres-session.ts';

/** How the loads of one handle on a mapped table go: by COPY, for as long as no row of them was there before, and nothing
 * else speaks against it. */
export class MappedLoader {
  readonly #place: MappedPlace;
  readonly #own: OwnPlace;
  #oneByOne = false;

  constructor(place: MappedPlace, own: OwnPlace) {
    this.#place = place;
    this.#own = own;
  }

  async load(rows: readonly RowData[], marks: readonly Mark[], request: WriteRequest): Promise<LoadResult> {
    const { fences, ...plain } = request;
    const { connection, sidecar, guard } = this.#place;
    const users = rows.filter(({ rowKey }) => !isReservedRow(rowKey));
    const writes = users.map(
      (row): Change => ({ ...keyOf(row), properties: row.properties, kind: 'upsertReplace' }),
    );
    const reserves = users.length < rows.length || writes.some(writesReservedProperty);
    const texts = markTexts(this.#own, marks);
    if (texts && !reserves && !this.#oneByOne && rows.length >= COPY_ROWS_MIN) {
      try {
        return await this.#copy(rows, marks, texts, request);
      } catch (error) {
        if (!isUniqueViolation(error) && !isNotByCopy(error)) throw markError(marks, error);
        // The transaction is gone as a whole, so all of it is done once more.
        this.#oneByOne = true;
      }
    }
    const first = [guard.holds, ...fences.texts];
    if (reserves) await sidecar.create(connection, first);
    return connection.transact(
      async (session) => {
        const run: Runs = (statement) => session.run(statement);
        const results: WriteResult[] = [];
        for (const [index, mark] of marks.entries()) {
          results.push(await writeMark(session, this.#own, mark, index));
        }
        if (users.length > 0) await this.#upsert(session, users);
        if (rows.length > 0 && (await sidecar.exists(run, guard.unaltered))) {
          for (const [index, row] of rows.entries()) {
            if (!isReservedRow(row.rowKey)) continue;
            await sidecar.apply(
              run,
              { ...keyOf(row), properties: row.properties, kind: 'upsertReplace' },
              index,
            );
          }
          await setReservedProperties(run, sidecar, writes);
        }
        return { marks: results };
      },
      { ...plain, first },
    );
  }

  /**
   * Not where there is a sidecar, which may have to forget something about the rows; nor where a trigger may leave rows
   * out, since nobody could count them before the commit.
   */
  async #copy(
    rows: readonly RowData[],
    marks: readonly Mark[],
    texts: readonly string[],
    { fences, ...request }: WriteRequest,
  ): Promise<LoadResult> {
    const { connection, schema, guard, sidecar } = this.#place;
    const { keyColumns, properties, version } = schema;
    const names = [...keyColumns, ...properties].map(({ name }) => name);
    const columns = [...names, ...(version === undefined ? [] : [version])].map(quoteName).join(', ');
    const fields = (row: RowData) =>
      [
        ...(keyValues(schema, row) ?? []).map(String),
        ...properties.map(({ name }) => textOf(row.properties, name)),
        ...(version === undefined ? [] : ['1']),
      ]
        .map(copyField)
        .join(FIELD_END);
    const table = quoteTable(schema.schema, schema.table);
    const triggers = `exists (select from pg_trigger where tgrelid = ${quoteText(table)}::regclass and not tgisinternal and tgtype & 7 = 7)`;
    const apart = `case when ${sidecar.existsSql} or ${triggers} then ('${NOT_BY_COPY}' || now())::boolean end`;
    const copied = await connection.copyIn(
      {
        before: [...fences.texts, ...texts, `select ${unaltered(schema, quoteText(guard.stamp))}, ${apart}`],
        copy: `copy ${table} (${columns}) from stdin`,
        lines: () => linesOf(rows, fields),
      },
      request,
    );
    return { marks: markResults(marks, copied.before) };
  }

  async #upsert(session: PostgresSession, rows: readonly RowData[]): Promise<void> {
    const { schema, sidecar, guard } = this.#place;
    const puts = rows.map(
      (row): MappedPut => ({
        key: keyOf(row),
        values: keyValues(schema, row),
        expects: null,
        does: 'put',
        properties: row.properties,
        merges: false,
      }),
    );
    const values = mappedBatchValues(schema, puts, { stamp: guard.stamp, locked: true });
    await session.run({ text: mappedBatchText(schema, sidecar.existsSql), values, prepared: true });
  }
}

const NOT_BY_COPY = 'changeover: not by COPY, ';

function isNotByCopy(error: unknown): boolean {
  return error instanceof TableError && error.message.includes(NOT_BY_COPY);
}
