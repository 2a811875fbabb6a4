import { matchesFilter, project, type QueryOptions, type Row } from '../table/index.ts';

/** Of rows as the application sees them, those that it asks for, with the properties that it asks for. */
export function askedRows(rows: readonly Row[], { filter, select }: QueryOptions): readonly Row[] {
  return rows
    .filter((row) => !filter || matchesFilter(filter, row))
    .map((row) => (select ? { ...row, properties: project(row.properties, select) } : row));
}
