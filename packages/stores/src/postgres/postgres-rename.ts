import { refusal } from 'changeover/table';
import { isUniqueViolation } from './postgres-errors.ts';
import { quoteName, quoteTable } from './postgres-names.ts';
import { checkTable, type OwnPlace } from './postgres-own-tables.ts';
import type { Runs } from './postgres-registry.ts';

/**
 * Renames a table of our own layout. Belongs inside a transaction that sees what is fresh. Throws what {@link renameAny}
 * throws, and for what is no such table what {@link checkTable} does.
 */
export async function renameOwn(run: Runs, place: OwnPlace, name: string, newName: string): Promise<void> {
  await checkTable(run, place, name);
  await renameAny(run, place, name, newName);
  await place.registry.rename(run, name, newName);
}

/**
 * Renames a table that is there, of whatever layout. Belongs inside a transaction that sees what is fresh; it waits for all
 * who use the table, and they for its end.
 *
 * What the server knows by the table's number would follow it: views, foreign keys of other tables, functions. Who uses them
 * would go on to write to it under the new name, and never notice. So a table that has such is not renamed:
 * `TABLE_NOT_SUPPORTED`, with their names. Throws `TABLE_ALREADY_EXISTS`.
 */
export async function renameAny(run: Runs, place: OwnPlace, name: string, newName: string): Promise<void> {
  const { schema, location } = place;
  try {
    await run({ text: `alter table ${quoteTable(schema, name)} rename to ${quoteName(newName)}` });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const message = `${location}: somebody has just made ${JSON.stringify(newName)}`;
    throw refusal('TABLE_ALREADY_EXISTS', message, { existing: newName });
  }
  // Looked for under the lock of the rename: none can be made any more.
  const followed = (await run({ text: FOLLOWERS, values: [schema, newName] })).map(([text]) => String(text));
  if (followed.length === 0) return;
  throw refusal(
    'TABLE_NOT_SUPPORTED',
    `${location}: table ${JSON.stringify(name)} is not renamed, since this refers to it: ${followed.join(', ')}`,
    { followed },
    'It would follow the table to its new name. Drop or change it first.',
  );
}

/** What refers to a table from outside of it, in the server's words. */
const FOLLOWERS = `select distinct pg_describe_object(d.classid, d.objid, 0) as followed
from pg_class c join pg_namespace n on n.oid = c.relnamespace
join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid
left join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
left join pg_constraint k on d.classid = 'pg_constraint'::regclass and k.oid = d.objid
where n.nspname = $1 and c.relname = $2 and (
  r.ev_class <> c.oid or (k.contype = 'f' and k.conrelid <> c.oid) or d.classid = 'pg_proc'::regclass)
order by followed`;
