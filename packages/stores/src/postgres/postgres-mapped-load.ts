import { isReservedRow, keyOf, type LoadResult, type Mark, type RowData, type Write } from 'changeover/table';
import { writesReservedProperty } from '../layout/index.ts';
import type { PostgresRequest } from './postgres-connection.ts';
import { COPY_ROWS_MIN, linesOf } from './postgres-copy.ts';
import { isUniqueViolation } from './postgres-errors.ts';
import { writeMark } from './postgres-load.ts';
import { type MappedPut, mappedBatchText, mappedBatchValues, textOf } from './postgres-mapped-batch.ts';
import { unaltered } from './postgres-mapped-guard.ts';
import { keyValues } from './postgres-mapped-problem.ts';
import { IGNORED, refusedByTable } from './postgres-mapped-refusal.ts';
import { type MappedPlace, setReservedProperties } from './postgres-mapped-write.ts';
import { quoteName, quoteTable } from './postgres-names.ts';
import type { OwnPlace } from './postgres-own-tables.ts';
import type { Runs } from './postgres-registry.ts';
import type { PostgresSession } from './postgres-session.ts';

/** How the loads of one handle on a mapped table go: by COPY, for as long as no row of them was there before. */
export class MappedLoader {
  readonly #place: MappedPlace;
  readonly #own: OwnPlace;
  #rowsExist = false;

  constructor(place: MappedPlace, own: OwnPlace) {
    this.#place = place;
    this.#own = own;
  }

  async load(
    rows: readonly RowData[],
    marks: readonly Mark[],
    request: PostgresRequest,
  ): Promise<LoadResult> {
    const { connection, sidecar } = this.#place;
    const users = rows.filter(({ rowKey }) => !isReservedRow(rowKey));
    const reserved = rows.filter(({ rowKey }) => isReservedRow(rowKey));
    const writes = users.map(
      (row): Write => ({ ...keyOf(row), properties: row.properties, kind: 'upsertReplace' }),
    );
    if (reserved.length > 0 || writes.some(writesReservedProperty)) await sidecar.create(connection);
    const transact = (put: (session: PostgresSession) => Promise<void>) =>
      connection.transact(async (session) => {
        const run: Runs = (statement) => session.run(statement);
        const results = [];
        for (const [index, mark] of marks.entries())
          results.push(await writeMark(session, this.#own, mark, index));
        if (users.length > 0) await put(session);
        if (rows.length > 0 && (await sidecar.exists(run))) {
          for (const [index, row] of reserved.entries()) {
            await sidecar.apply(
              run,
              { ...keyOf(row), properties: row.properties, kind: 'upsertReplace' },
              index,
            );
          }
          await setReservedProperties(run, sidecar, writes);
        }
        return { marks: results };
      }, request);
    if (!this.#rowsExist && users.length >= COPY_ROWS_MIN) {
      try {
        return await transact((session) => this.#copy(session, users));
      } catch (error) {
        // Some row was there before. The transaction is gone as a whole, so all of it is done once more.
        if (!isUniqueViolation(error)) throw error;
        this.#rowsExist = true;
      }
    }
    return transact((session) => this.#upsert(session, users));
  }

  async #copy(session: PostgresSession, rows: readonly RowData[]): Promise<void> {
    const { schema, guard } = this.#place;
    await session.run({ text: `select ${unaltered(schema, '$1')}`, values: [guard.stamp], prepared: true });
    const { keyColumns, properties, version } = schema;
    const names = [...keyColumns, ...properties].map(({ name }) => name);
    const columns = [...names, ...(version === undefined ? [] : [version])].map(quoteName).join(', ');
    const fields = (row: RowData) => [
      ...(keyValues(schema, row) ?? []).map(String),
      ...properties.map(({ name }) => textOf(row.properties, name)),
      ...(version === undefined ? [] : ['1']),
    ];
    const table = quoteTable(schema.schema, schema.table);
    const taken = await session.copyIn(`copy ${table} (${columns}) from stdin`, linesOf(rows, fields));
    if (taken !== rows.length) throw refusedByTable(`table ${schema.table} did not take a row: ${IGNORED}`);
  }

  async #upsert(session: PostgresSession, rows: readonly RowData[]): Promise<void> {
    const { schema, sidecar, guard } = this.#place;
    const puts = rows.map(
      (row): MappedPut => ({
        key: keyOf(row),
        values: keyValues(schema, row) ?? [],
        expects: null,
        properties: row.properties,
        merges: false,
      }),
    );
    const values = mappedBatchValues(schema, puts, { stamp: guard.stamp, locked: true });
    await session.run({ text: mappedBatchText(schema, sidecar.existsSql), values, prepared: true });
  }
}
