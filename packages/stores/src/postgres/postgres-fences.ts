import {
  checkEpoch,
  decodeProperties,
  encodeProperties,
  epochOf,
  FENCE_TABLE,
  type Fence,
  fenceKey,
  fenceProperties,
  refusal,
  TableError,
} from 'changeover/table';
import { storedText } from './postgres-codec.ts';
import type { PostgresRequest } from './postgres-connection.ts';
import { sqlState } from './postgres-errors.ts';
import { literalOf, quoteTable, quoteText } from './postgres-names.ts';
import type { Parameter } from './postgres-statement.ts';

/** What a write is asked with. */
export interface WriteRequest extends PostgresRequest {
  readonly fences: PostgresFences;
}

const FENCED = 'changeover: fenced';
const UNDEFINED_TABLE = '42P01';

/**
 * The fences of one write, as SQL that fails unless each stands at its epoch. It locks their rows until the end of the
 * transaction: writers share the lock, and a raise waits for them. Belongs inside a transaction that sees one instant;
 * there the server refuses who would lock a fence that was raised since, and the next attempt meets the new epoch.
 */
export class PostgresFences {
  readonly #schema: string;
  readonly #fences: readonly Fence[];

  constructor(schema: string, fences: readonly Fence[] = []) {
    this.#schema = schema;
    this.#fences = fences;
  }

  /**
   * A condition that holds or fails the statement, for one that takes {@link values} as its parameters from number
   * `first` on; undefined if there are no fences.
   */
  condition(first: number): string | undefined {
    return this.#fences.length === 0 ? undefined : this.#condition(`$${first}`, `$${first + 1}`);
  }

  /** Their keys, and how their rows must be. */
  get values(): readonly Parameter[] {
    if (this.#fences.length === 0) return [];
    return [
      this.#fences.map(({ name }) => storedText(fenceKey(name).partitionKey)),
      this.#fences.map(({ epoch }) => encodeProperties(fenceProperties(epoch))),
    ];
  }

  /** The same as statements without parameters that give no row: one, or none. A transaction begins with them. */
  get texts(): readonly string[] {
    const [keys, rows] = this.values.map(literalOf);
    return keys === undefined || rows === undefined
      ? []
      : [`select where not ${this.#condition(keys, rows)}`];
  }

  /** Does a write, and tells which fence it failed by, if that is why. Throws `TABLE_FENCED`, `TABLE_CORRUPT`. */
  async tell<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      this.#checkRefused(error);
      throw error;
    }
  }

  #condition(keys: string, rows: string): string {
    const { rowKey } = fenceKey('');
    const message = `'${FENCED}, ' || i || ' ' || coalesce('<' || found || '>', 'absent')`;
    return `(
  select bool_and(case when found = expected then true else (${message})::boolean end)
  from unnest(${keys}::text[], ${rows}::text[]) with ordinality as fence(key, expected, i) left join lateral (
    select t.properties as found from ${quoteTable(this.#schema, FENCE_TABLE)} t
    where t.partition_key = key and t.row_key = ${quoteText(rowKey)} for share
  ) as held on true
)`;
  }

  /** Throws if the server refused because of a fence. */
  #checkRefused(error: unknown): void {
    if (!(error instanceof TableError)) return;
    const [place, properties] = this.#isWithoutTable(error) ? [0, undefined] : (failureOf(error) ?? []);
    const fence = place === undefined ? undefined : this.#fences[place];
    if (!fence) return;
    const { name: partitionKey } = fence;
    checkEpoch(fence, epochOf(properties === undefined ? undefined : { partitionKey, properties }));
    const message = `the row of the fence ${JSON.stringify(partitionKey)} is not as it was written`;
    throw refusal('TABLE_CORRUPT', message, { fence: partitionKey });
  }

  /** A schema without the table has had no fence raised yet. The server names what is missing, in any language. */
  #isWithoutTable(error: TableError): boolean {
    return sqlState(error) === UNDEFINED_TABLE && error.message.includes(`${this.#schema}.${FENCE_TABLE}`);
  }
}

/** Which fence did not stand at its epoch, and what its row holds, if there is one. */
function failureOf(error: TableError) {
  const [, i, stored] = new RegExp(`${FENCED}, (\\d+) (absent|<.*>)`, 's').exec(error.message) ?? [];
  if (i === undefined || stored === undefined) return undefined;
  return [Number(i) - 1, stored === 'absent' ? undefined : decodeProperties(stored.slice(1, -1))] as const;
}
