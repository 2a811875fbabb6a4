import { isReservedTable, type Mark, refusal, TableError, type WriteResult } from 'changeover/table';
import { conditionFailed, raisedFailure } from './postgres-batch.ts';
import { quoteTable } from './postgres-names.ts';
import type { PostgresRegistry } from './postgres-registry.ts';
import type { PostgresSession } from './postgres-session.ts';
import type { StoredCells } from './postgres-statement.ts';
import { type WritePlace, writeText, writeWithin } from './postgres-write.ts';

/** Where reserved tables are. */
export interface MarkPlace {
  readonly schema: string;
  readonly registry: PostgresRegistry;
}

/** Writes a mark to a reserved table. Throws `TABLE_OPTION_INVALID`, or what the mark's condition says. */
export function writeMark(
  session: PostgresSession,
  place: MarkPlace,
  { table, write }: Mark,
  index: number,
): Promise<WriteResult> {
  return writeWithin((statement) => session.run(statement), placeOf(place, table, index), write, index);
}

/** Marks as texts without parameters, each of which gives one row; undefined if one of them is none that can be. */
export function markTexts(place: MarkPlace, marks: readonly Mark[]): readonly string[] | undefined {
  if (marks.some(({ write }) => write.kind === 'merge' || write.kind === 'upsertMerge')) return undefined;
  return marks.map(({ table, write }, index) => writeText(placeOf(place, table, index), write, index));
}

/** What marks that went as texts came to, from the rows that they gave. */
export function markResults(marks: readonly Mark[], rows: readonly StoredCells[]): readonly WriteResult[] {
  return marks.map(({ write }, index) => ({
    version: write.kind === 'delete' ? undefined : String(rows[index]?.[3]),
  }));
}

/** The error of a mark whose condition failed, if that is what the error of the whole says; else the error itself. */
export function markError(marks: readonly Mark[], error: unknown): unknown {
  const failure = error instanceof TableError ? raisedFailure(error.message) : undefined;
  const mark = failure && marks[failure.index];
  return mark ? conditionFailed(mark.write, failure.index, failure.present) : error;
}

function placeOf({ schema, registry }: MarkPlace, table: string, index: number): WritePlace {
  if (!isReservedTable(table)) {
    throw refusal('TABLE_OPTION_INVALID', `mark ${index} is for the table ${table}, which is not reserved`);
  }
  return { name: table, table: quoteTable(schema, table), registry, versions: registry.versions };
}
