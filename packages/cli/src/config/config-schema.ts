import { VALUE_TYPES } from 'changeover/table';
import { z } from 'zod';
import { LIMITS } from '../limits.ts';
import type { ConfigPath } from './config.ts';

/** A name that a URL can carry in a list. */
const column = z.string().regex(/^[^,]+$/, 'a column name must not be empty or have a comma in it');
const columns = z.preprocess(
  (value) => (typeof value === 'string' ? [value] : value),
  z.array(column, 'must be a column name, or a list of them').min(1, 'must name at least one column'),
);

const mappingKeys = z.strictObject(
  {
    table: z.string('must be the name of a table').min(1, 'must not be empty'),
    partitionKey: columns.optional(),
    rowKey: columns.optional(),
    version: column.optional(),
    types: z.record(column, z.enum(VALUE_TYPES, `must be one of ${VALUE_TYPES.join(', ')}`)).optional(),
  },
  { error: objectError('must be the name of a table, or a mapping with table, partitionKey and rowKey') },
);

const mapping = z.preprocess(
  (value) => (typeof value === 'string' ? { table: value } : value),
  mappingKeys
    .refine(({ partitionKey, rowKey }) => (partitionKey === undefined) === (rowKey === undefined), {
      error: 'a mapping needs both partitionKey and rowKey',
    })
    .refine(({ partitionKey, version, types }) => partitionKey !== undefined || !(version ?? types), {
      error: 'version and types belong to a mapping, which needs partitionKey and rowKey',
    }),
);

const table = z.strictObject(
  {
    source: mapping,
    target: mapping.optional(),
    where: z.string('must be a filter').optional(),
  },
  { error: objectError('must be a mapping with source, and perhaps target and where') },
);

/** The shape of a config. What its texts mean is for others to check. */
export const configSchema = z.strictObject(
  {
    source: z.string('must be the URL of a store').optional(),
    target: z.string('must be the URL of a store').optional(),
    control: z.string('must be the URL of a control store').optional(),
    threads: wholeNumber(LIMITS.threads),
    batchRows: wholeNumber(LIMITS.batchRows),
    rate: wholeNumber(LIMITS.rate),
    tables: z.array(table, 'must be a list of tables').min(1, 'must list at least one table').optional(),
  },
  { error: objectError('must be a mapping, with keys such as source and target') },
);

function wholeNumber(maximum: number) {
  const message = `must be a whole number from 1 to ${maximum}`;
  return z.int(message).min(1, message).max(maximum, message).optional();
}

/** The keys of the mapping at a path of the config: its top, one of `tables`, or the source or target of that. */
export function keysAt(path: ConfigPath): readonly string[] {
  const { shape } = path.length === 0 ? configSchema : path.length === 2 ? table : mappingKeys;
  return Object.keys(shape);
}

/** An error of its own for what is no mapping at all; keys that are too many have their own message. */
function objectError(message: string) {
  return ({ code }: { readonly code?: string }) => (code === 'invalid_type' ? message : undefined);
}
