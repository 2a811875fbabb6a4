import { isDeepStrictEqual } from 'node:util';
import { TableError } from 'changeover/table';
import type { MappedConfig } from '../layout/index.ts';
import { sqlState } from './postgres-errors.ts';
import { type Condition, PARAMETER } from './postgres-mapped-condition.ts';
import { stampOf } from './postgres-mapped-inspect.ts';
import { type MappedSchema, readMappedSchema, type StampedSchema } from './postgres-mapped-schema.ts';
import { quoteTable } from './postgres-names.ts';
import { tableNotFound } from './postgres-own-tables.ts';
import type { Runs } from './postgres-registry.ts';

const ALTERED = 'changeover: table altered';
const UNDEFINED_COLUMN = '42703';

/**
 * A condition that holds, and fails the statement if the table's stamp is not the parameter. It costs no round trip, and
 * the server looks once a statement.
 */
export function unaltered({ schema, table }: MappedSchema, parameter: string): string {
  const stamp = `coalesce(${stampOf(schema, table)}, '')`;
  return `case when ${stamp} = ${parameter}::text then true else ('${ALTERED}, ' || ${stamp})::boolean end`;
}

/**
 * Notices that somebody altered the application's table while it was open. A column that came later would otherwise be
 * neither copied nor compared, and the two sides would be called the same.
 */
export class SchemaGuard {
  readonly #run: Runs;
  readonly #location: string;
  readonly #config: MappedConfig;
  readonly #schema: MappedSchema;
  #stamp: string;

  constructor(run: Runs, location: string, config: MappedConfig, { schema, stamp }: StampedSchema) {
    this.#run = run;
    this.#location = location;
    this.#config = config;
    this.#schema = schema;
    this.#stamp = stamp;
  }

  /** {@link unaltered}, with what the stamp is as far as we know. */
  get unaltered(): Condition {
    return { sql: unaltered(this.#schema, PARAMETER), params: [this.#stamp] };
  }

  /**
   * A statement that fails if there is no such table, and else keeps it from being renamed or dropped to the end of the
   * transaction. It is for work on the sidecar: that has its name from the table's, and who finds none must know that it is
   * not just called otherwise by now.
   */
  get holds(): string {
    return `lock table ${quoteTable(this.#schema.schema, this.#schema.table)} in access share mode`;
  }

  /** The stamp that {@link unaltered} is to compare with. */
  get stamp(): string {
    return this.#stamp;
  }

  /**
   * Does work whose statements are {@link unaltered}, and does it again if what was altered is none of the mapping's.
   *
   * Throws `TABLE_UNAVAILABLE`, `TABLE_NOT_FOUND` if the table is gone, and what reading a schema throws.
   */
  async watch<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isAltered(error)) throw error;
      await this.#readAgain(error);
    }
    return work();
  }

  async #readAgain(cause: unknown): Promise<void> {
    const { schema, table } = this.#schema;
    const now = await readMappedSchema(this.#run, schema, table, this.#config);
    if (!now) throw tableNotFound(this.#location, table);
    if (!isDeepStrictEqual(now.schema, this.#schema)) {
      const message = `table ${table} of ${this.#location} was altered while it was open`;
      const hint = 'Start again: it is then read as it is now.';
      throw new TableError('TABLE_UNAVAILABLE', message, { effect: 'none', hint, cause });
    }
    this.#stamp = now.stamp;
  }
}

function isAltered(error: unknown): boolean {
  if (!(error instanceof TableError)) return false;
  return error.message.includes(ALTERED) || sqlState(error) === UNDEFINED_COLUMN;
}
