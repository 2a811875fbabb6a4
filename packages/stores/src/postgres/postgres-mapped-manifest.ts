import type { Manifest } from 'changeover/table';
import { OWN_MANIFEST } from './postgres-manifest.ts';
import { type MappedSchema, manifestColumns } from './postgres-mapped-schema.ts';

export interface MappedManifestOptions {
  readonly readOnly: boolean;
  readonly requestLifetimeMs: number;
}

/** Of a mapped table; without a schema, of one that does not exist yet. */
export function mappedManifest(schema: MappedSchema | undefined, options: MappedManifestOptions): Manifest {
  return {
    ...OWN_MANIFEST,
    ...options,
    layout: 'mapped',
    filterPushDown: 'some',
    // A number of a transaction comes again after some 4 billion others; a column is as good as its writers.
    version: { kind: schema?.version === undefined ? 'server' : 'column', neverReused: false },
    reservedRows: 'sidecar',
    // The server spells values otherwise than the canonical encoding does.
    rangeHash: false,
    columns: schema && manifestColumns(schema),
  };
}
