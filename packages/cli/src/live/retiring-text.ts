import type { Retiring } from 'changeover/coordinator';
import { formatRows } from '../output/format.ts';

/** What would become of the source: `rename the source table "orders" of sqlite:app.db#orders (12 rows) to "…"`. */
export function retiringText({ side, table, url, mapped, newTable, why, wipe, rows }: Retiring): string {
  const count = rows === null ? '' : ` (about ${formatRows(rows)})`;
  const owner = mapped ? `, which is an application's own,` : '';
  const what = `the ${side} table ${JSON.stringify(table)}${owner} of ${url}${count}`;
  const reason = why === null ? '' : `: it keeps its name, since ${why}`;
  if (newTable === null)
    return wipe ? `delete every row of ${what}${reason}` : `leave ${what} as it is${reason}`;
  const rename = `rename ${what} to ${JSON.stringify(newTable)}`;
  return wipe ? `${rename}, and delete every row of it` : `${rename}, and keep its rows`;
}
