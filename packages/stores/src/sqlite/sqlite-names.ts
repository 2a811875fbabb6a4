import { isReservedTable, isWellFormed, refusal } from 'changeover/table';

/** An identifier for SQL, whatever characters it has. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text literal for SQL. The text must not contain NUL, which names of tables never do. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Throws `TABLE_NAME_INVALID` for what SQLite cannot or will not have as the name of a table. */
export function checkTableName(name: string): void {
  const problem = problemOfName(name);
  if (problem) throw refusal('TABLE_NAME_INVALID', `the table name ${JSON.stringify(name)} ${problem}`);
}

function problemOfName(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (!isWellFormed(name)) return 'is not well-formed Unicode';
  if (name.includes('\0')) return 'contains NUL, where SQLite would cut it off';
  if (isSqliteName(name)) return 'begins with sqlite_, which SQLite keeps for itself';
  return undefined;
}

/** Whether SQLite keeps `name` for its own tables and indexes. */
function isSqliteName(name: string): boolean {
  return name.toLowerCase().startsWith('sqlite_');
}

/** Whether `name` is a table that an application made, as far as its name tells. */
export function isApplicationName(name: string): boolean {
  return !isSqliteName(name) && !isReservedTable(name);
}
