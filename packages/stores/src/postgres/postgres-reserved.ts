import { type EncodedRow, formatKey, isReservedRow } from 'changeover/table';
import { EVERYTHING, keyAfter, RESERVED_MARK, reservedPropertyOf } from '../layout/index.ts';
import { quoteText } from './postgres-names.ts';
import type { Runs } from './postgres-registry.ts';
import { PostgresRows } from './postgres-rows.ts';

/** Of the rows that may have something reserved about them. */
const PAGE = { rows: 100, bytes: 1024 * 1024 };
const MAY_RESERVE = `(starts_with(row_key, '_changeover.') or strpos(properties, ${quoteText(RESERVED_MARK)}) > 0)`;

/** The reserved names in use in a table, as phrases with an example each. May look at every row. */
export async function reservedNames(run: Runs, table: string): Promise<readonly string[]> {
  const rows = new PostgresRows(table, true);
  let row: string | undefined;
  let property: string | undefined;
  for (let from = EVERYTHING.from; row === undefined || property === undefined; ) {
    const page = await rows.page(run, { ...EVERYTHING, from }, PAGE, MAY_RESERVE);
    for (const each of page.rows) {
      if (isReservedRow(each.rowKey)) row ??= `row ${formatKey(each)}`;
      else property ??= propertyPhrase(each);
    }
    const last = page.rows.at(-1);
    if (!page.more || !last) break;
    from = keyAfter(last);
  }
  return [row, property].filter((phrase) => phrase !== undefined);
}

function propertyPhrase(row: EncodedRow): string | undefined {
  const name = reservedPropertyOf(row.properties);
  return name === undefined ? undefined : `property ${JSON.stringify(name)} of row ${formatKey(row)}`;
}
