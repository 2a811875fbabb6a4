import type { ResolvedUrl } from '@changeover/stores';
import { usageError } from '../cli-error.ts';

/** The name of the one table that a URL names. Throws `CLI_USAGE` if it names none. */
export function tableNamed({ url, table }: ResolvedUrl): string {
  if (table !== undefined) return table;
  throw usageError(`${url} names no table`, `Write the table behind a #, as in ${url}#orders.`);
}
