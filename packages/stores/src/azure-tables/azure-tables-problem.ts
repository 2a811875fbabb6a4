import { type Manifest, type Problem, problemWithin, type RowData } from 'changeover/table';
import type { AzureTablesFlavour } from './azure-tables-flavour.ts';
import { problemOfKey } from './azure-tables-keys.ts';
import { problemOfRow } from './azure-tables-limits.ts';
import { MANIFEST } from './azure-tables-manifest.ts';

/**
 * Why no table of the service could hold a row bit for bit. Its limits are held against what the service itself counts, and
 * not against the manifest, which promises the least of it.
 */
export function problemOf(row: RowData, flavour: AzureTablesFlavour): Problem | undefined {
  const shape = problemWithin(SHAPE, row);
  if (shape) return shape;
  const key = problemOfKey(row);
  return key ? { property: undefined, ...key } : problemOfRow(row, flavour);
}

/** What a row may be like, sizes aside: those the service counts in its own way. */
const SHAPE: Manifest = {
  ...MANIFEST,
  limits: {
    ...MANIFEST.limits,
    keyBytes: Number.POSITIVE_INFINITY,
    rowBytes: Number.POSITIVE_INFINITY,
    propertyNameBytes: Number.POSITIVE_INFINITY,
  },
};
