import { isReservedTable, isWellFormed, type OpenOptions, refusal, textBytes } from 'changeover/table';
import type { Parameter } from './postgres-statement.ts';

/** The server cuts longer names off, and says so only in a notice. A server that was built otherwise is unusual. */
const NAME_BYTES_MAX = 63;

/** An identifier for SQL, whatever characters it has. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * A text literal for SQL, for the few statements that take no parameters. A backslash is itself in it only while
 * `standard_conforming_strings` is on, which every connection makes sure of.
 */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** What could be bound to a parameter, written out. */
export function literalOf(value: Parameter): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return quoteText(value);
  if (typeof value === 'object') return `array[${value.map(literalOf).join(', ')}]`;
  return String(value);
}

/** A table as SQL names it: with its schema, so that no search path can lead elsewhere. */
export function quoteTable(schema: string, table: string): string {
  return `${quoteName(schema)}.${quoteName(table)}`;
}

/** Throws `TABLE_NAME_INVALID` for what cannot be the name of a table, and `TABLE_NAME_RESERVED` for what is not to be. */
export function checkTableName(name: string, { reserved }: OpenOptions): void {
  const problem = problemOfName(name);
  if (problem) throw refusal('TABLE_NAME_INVALID', `the table name ${JSON.stringify(name)} ${problem}`);
  if (!reserved && isReservedTable(name)) {
    throw refusal('TABLE_NAME_RESERVED', `the table name ${JSON.stringify(name)} is reserved for Changeover`);
  }
}

function problemOfName(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (!isWellFormed(name)) return 'is not well-formed Unicode';
  if (name.includes('\0')) return 'contains NUL, which no name in PostgreSQL can have';
  if (textBytes(name) > NAME_BYTES_MAX)
    return `is longer than the ${NAME_BYTES_MAX} bytes of names in PostgreSQL`;
  return undefined;
}
