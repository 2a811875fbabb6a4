import type { Row } from 'changeover/table';
import { decodeEntity, type Entity, parseBody } from './azure-tables-codec.ts';
import type { AzureTablesConnection } from './azure-tables-connection.ts';
import { literal } from './azure-tables-keys.ts';
import { isPropertyName } from './azure-tables-limits.ts';
import { type Cut, partsOf, type Span } from './azure-tables-order.ts';

export interface QueryPlace {
  readonly connection: AzureTablesConnection;
  /** What the table is called at the service. */
  readonly stored: string;
  /** Whether reserved properties are shown. */
  readonly seesReserved: boolean;
}

export interface ServiceQuery {
  /** Conditions that all must hold, in the service's words. */
  readonly conditions: readonly string[];
  /** The names of the properties that are wanted; all if undefined. */
  readonly select: readonly string[] | undefined;
  readonly top: number;
}

/** Where the service goes on with a query, in its own words; they are good for the same query only. */
export type Token = string;

export interface ServicePage {
  /** In the service's order. There may be none of them, and more to come. */
  readonly rows: readonly Row[];
  readonly token: Token | undefined;
}

/** Asks for one page, all of which the service reads at one instant as far as it is of one partition. */
export async function queryPage(
  { connection, stored, seesReserved }: QueryPlace,
  { conditions, select, top }: ServiceQuery,
  token: Token | undefined,
  signal: AbortSignal | undefined,
): Promise<ServicePage> {
  const parameters = [`$top=${top}`];
  if (conditions.length > 0) parameters.push(`$filter=${encodeURIComponent(conditions.join(' and '))}`);
  if (select) parameters.push(`$select=${encodeURIComponent(selection(select))}`);
  if (token !== undefined) parameters.push(token);
  const path = `/${stored}()?${parameters.join('&')}`;
  const answer = await connection.run({ method: 'GET', path, isWrite: false, signal });
  const { value } = parseBody(answer.body) as { readonly value: readonly Entity[] };
  return {
    rows: value.map((entity) => decodeEntity(entity, { seesReserved })),
    token: tokenOf((name) => answer.header(`x-ms-continuation-${name}`), ['NextPartitionKey', 'NextRowKey']),
  };
}

/** The parameters that go on with a list, from the headers of its page. */
export function tokenOf(
  header: (name: string) => string | undefined,
  names: readonly string[],
): Token | undefined {
  const parts = names.flatMap((name) => {
    const value = header(name);
    return value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`];
  });
  return parts.length === 0 ? undefined : parts.join('&');
}

/** The time stamp goes along, since the service makes the ETag of it. */
function selection(names: readonly string[]): string {
  return [...new Set(['PartitionKey', 'RowKey', 'Timestamp', ...names.filter(isPropertyName)])].join(',');
}

/** What of a span one query can ask for without the service looking at anything else, and where that ends. */
export interface Piece {
  readonly conditions: readonly string[];
  readonly end: Cut | undefined;
}

/**
 * The first piece of a span: the rest of the partition that it begins within, or else the partitions up to the one that it
 * ends within. Conditions on both keys with an `or` would have the service look at the whole table.
 */
export function firstPiece({ from, until }: Span): Piece {
  const start = partsOf(from);
  const end = until === undefined ? undefined : partsOf(until);
  const { partitionKey, rowKey } = start;
  const isWithin = rowKey !== undefined && (rowKey !== '' || start.isAfter);
  const endsThere =
    end?.rowKey !== undefined &&
    end.partitionKey === partitionKey &&
    !(rowKey === undefined && start.isAfter);
  if (isWithin || endsThere) {
    const conditions = [`PartitionKey eq ${literal(partitionKey)}`];
    if (isWithin) conditions.push(`RowKey ${start.isAfter ? 'gt' : 'ge'} ${literal(rowKey)}`);
    if (endsThere)
      return { conditions: [...conditions, upper('RowKey', end.rowKey as string, end.isAfter)], end: until };
    return { conditions, end: `${partitionKey}\u0001` };
  }
  const conditions =
    partitionKey === '' && !start.isAfter
      ? []
      : [`PartitionKey ${start.isAfter ? 'gt' : 'ge'} ${literal(partitionKey)}`];
  if (!end) return { conditions, end: undefined };
  if (end.rowKey === undefined)
    return { conditions: [...conditions, upper('PartitionKey', end.partitionKey, end.isAfter)], end: until };
  return {
    conditions: [...conditions, upper('PartitionKey', end.partitionKey, false)],
    end: `${end.partitionKey}\u0000`,
  };
}

function upper(subject: 'PartitionKey' | 'RowKey', text: string, isIncluded: boolean): string {
  return `${subject} ${isIncluded ? 'le' : 'lt'} ${literal(text)}`;
}
