import { isCode } from 'changeover/std';
import { refusal } from 'changeover/table';
import type { PostgresConnection, PostgresPlace } from './postgres-connection.ts';

/** The first version with all that our statements use: `materialized`, `sha256`, `starts_with`. */
const VERSION_MIN = 120_000;

interface ServerOptions {
  readonly place: PostgresPlace;
  readonly schema: string;
  readonly mode: 'read' | 'write';
}

/**
 * Looks whether a server will do, and gives the identity of the schema: the server's own number, which is the same by
 * whatever name the server is reached, and the names of database and schema.
 *
 * Throws `TABLE_NOT_SUPPORTED`, `TABLE_NOT_FOUND` if there is no such schema, and `TABLE_READ_ONLY`.
 */
export async function inspectServer(
  connection: PostgresConnection,
  { place, schema, mode }: ServerOptions,
): Promise<string> {
  const text =
    "select current_setting('server_version_num'), current_setting('server_encoding'), pg_is_in_recovery(), " +
    "current_setting('transaction_read_only'), current_database(), to_regnamespace(quote_ident($1)) is not null";
  const [row] = await connection.read({ text, values: [schema] });
  const [version, encoding, standby, readOnly, database, found] = row ?? [];
  const { location } = connection;
  if (!(Number(version) >= VERSION_MIN)) {
    throw refusal('TABLE_NOT_SUPPORTED', `${location}: the server is older than PostgreSQL 12`);
  }
  if (encoding !== 'UTF8') {
    throw refusal('TABLE_NOT_SUPPORTED', `${location}: the database holds text in ${encoding}, not in UTF8`);
  }
  if (found !== 't') {
    const hint = 'Create the schema first, or name another one with ?schema=NAME.';
    throw refusal('TABLE_NOT_FOUND', `${location}: there is no schema ${JSON.stringify(schema)}`, {}, hint);
  }
  if (standby === 't' && mode === 'write') {
    throw refusal('TABLE_READ_ONLY', `${location}: the server is a standby, and takes no writes`);
  }
  if (readOnly === 'on' && mode === 'write') {
    const hint = 'Somebody set default_transaction_read_only for the database, the role or the server.';
    throw refusal('TABLE_READ_ONLY', `${location}: transactions there are read-only`, {}, hint);
  }
  const server = (await systemIdentifier(connection)) ?? `${place.host.toLowerCase()}:${place.port}`;
  return `postgres:${server}/${database}/${schema}`;
}

/** Undefined where the server does not tell it to everybody. */
async function systemIdentifier(connection: PostgresConnection): Promise<string | undefined> {
  try {
    const [row] = await connection.read({ text: 'select system_identifier from pg_control_system()' });
    return row?.[0] ?? undefined;
  } catch (error) {
    if (isCode(error, 'TABLE_PERMISSION_DENIED')) return undefined;
    throw error;
  }
}
