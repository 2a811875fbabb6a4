import { refusal } from 'changeover/table';
import { sqlState } from './postgres-errors.ts';
import { quoteTable, quoteText } from './postgres-names.ts';
import type { Statement, StoredCells } from './postgres-statement.ts';

/** Anything that runs a statement: a connection on its own, or a session inside a transaction. */
export type Runs = (statement: Statement) => Promise<readonly StoredCells[]>;

const REGISTRY_TABLE = '_changeover_tables';
const VERSIONS_SEQUENCE = '_changeover_versions';

/** Of the layout of tables and of the registry itself. Another one is refused, never guessed at. */
const FORMAT = '1';

const COLUMNS = 'name,format,reserved';

/** What the registry knows of one table of our own layout. */
export interface RegistryEntry {
  readonly name: string;
  /** Whether anything reserved was ever written to it; if not, nobody has to look for any. */
  readonly reserved: boolean;
}

/** Which tables of a schema are of our own layout. */
export class PostgresRegistry {
  readonly #schema: string;
  readonly #table: string;

  constructor(schema: string) {
    this.#schema = schema;
    this.#table = quoteTable(schema, REGISTRY_TABLE);
  }

  /** The sequence that gives versions, as a literal. It only rises, so that no key of any table sees one twice. */
  get versions(): string {
    return quoteText(quoteTable(this.#schema, VERSIONS_SEQUENCE));
  }

  /**
   * Makes the registry, and the sequence of versions with it, unless they are there. Belongs inside a transaction that
   * sees what is fresh: of two that would make it, one waits for the other.
   */
  async create(run: Runs): Promise<void> {
    await run({ text: `select pg_advisory_xact_lock(hashtext(${quoteText(`changeover ${this.#schema}`)}))` });
    if (await this.#columns(run)) return;
    const columns = 'name text collate "C" primary key, format integer not null, reserved boolean not null';
    await run({ text: `create table ${this.#table} (${columns})` });
    await run({ text: `create sequence if not exists ${quoteTable(this.#schema, VERSIONS_SEQUENCE)}` });
  }

  /** All entries, by the UTF-8 bytes of their names; none if there is no registry. Throws `TABLE_NOT_SUPPORTED`. */
  async entries(run: Runs): Promise<readonly RegistryEntry[]> {
    if (!(await this.#columns(run))) return [];
    const rows = await run({ text: `select name, format, reserved from ${this.#table} order by name` });
    return rows.map((row) => this.#entryOf(row));
  }

  async find(run: Runs, name: string): Promise<RegistryEntry | undefined> {
    if (!(await this.#columns(run))) return undefined;
    const text = `select name, format, reserved from ${this.#table} where name = $1`;
    const [row] = await run({ text, values: [name] });
    return row && this.#entryOf(row);
  }

  async add(run: Runs, name: string): Promise<void> {
    await run({ text: `insert into ${this.#table} values ($1, ${FORMAT}, false)`, values: [name] });
  }

  /** Returns whether the table was registered. */
  async remove(run: Runs, name: string): Promise<boolean> {
    const text = `delete from ${this.#table} where name = $1 returning name`;
    return (await run({ text, values: [name] })).length > 0;
  }

  /** Gives a registered table another name, which no table has. */
  async rename(run: Runs, name: string, newName: string): Promise<void> {
    // Somebody may have dropped a table behind our back.
    await this.remove(run, newName);
    await run({ text: `update ${this.#table} set name = $2 where name = $1`, values: [name, newName] });
  }

  /** A statement's part that notes that a table has something reserved; `name` is a parameter's mark. */
  noteReserved(name: string, condition: string): string {
    return `update ${this.#table} set reserved = true where name = ${name} and not reserved and ${condition}`;
  }

  /** The names of the ordinary tables that an application made in the schema. */
  async applicationTables(run: Runs): Promise<readonly string[]> {
    const ours = new Set((await this.entries(run)).map(({ name }) => name));
    const text =
      'select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace ' +
      `where n.nspname = $1 and c.relkind in ('r', 'p', 'v', 'm', 'f') and not starts_with(c.relname, '_changeover_') ` +
      'order by c.relname collate "C"';
    const names = (await run({ text, values: [this.#schema] })).map(([name]) => String(name));
    return names.filter((name) => !ours.has(name));
  }

  /** Whether there is a registry. Throws `TABLE_NOT_SUPPORTED` if it is one that this version cannot read. */
  async #columns(run: Runs): Promise<boolean> {
    const found = await columnsOf(run, this.#schema, REGISTRY_TABLE);
    if (found === undefined) return false;
    if (found === COLUMNS) return true;
    throw unknownFormat(`the registry in the schema ${this.#schema} has the columns ${found}`);
  }

  #entryOf([name, format, reserved]: StoredCells): RegistryEntry {
    if (format !== FORMAT) throw unknownFormat(`table ${name} has the format ${format}`);
    return { name: String(name), reserved: reserved === 't' };
  }
}

/** The columns of a table in their order, by commas; undefined if there is no such table. */
export async function columnsOf(run: Runs, schema: string, table: string): Promise<string | undefined> {
  const text =
    `select string_agg(a.attname, ',' order by a.attnum) from pg_class c ` +
    'join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid ' +
    'where n.nspname = $1 and c.relname = $2 and a.attnum > 0 and not a.attisdropped';
  const [row] = await run({ text, values: [schema, table] });
  return row?.[0] ?? undefined;
}

export function tableGone(location: string, name: string, cause?: unknown): Error {
  return refusal(
    'TABLE_NOT_FOUND',
    `${location} has no table ${JSON.stringify(name)} of Changeover's own layout`,
    cause === undefined ? {} : { state: sqlState(cause) },
  );
}

function unknownFormat(reason: string): Error {
  const hint = 'A newer version of Changeover wrote it. Use that version, or a newer one.';
  return refusal('TABLE_NOT_SUPPORTED', `${reason}, which this version does not know`, {}, hint);
}
