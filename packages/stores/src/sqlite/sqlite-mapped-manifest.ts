import type { Manifest } from 'changeover/table';
import { OWN_MANIFEST } from './sqlite-manifest.ts';
import { type MappedSchema, manifestColumns } from './sqlite-mapped-schema.ts';

/** Of a mapped table; without a schema, of one that does not exist yet. Its limits are those of our own layout. */
export function mappedManifest(schema: MappedSchema | undefined, readOnly: boolean): Manifest {
  return {
    ...OWN_MANIFEST,
    layout: 'mapped',
    readOnly,
    filterPushDown: 'some',
    version: { kind: schema?.version === undefined ? 'content' : 'column', neverReused: false },
    columns: schema && manifestColumns(schema),
  };
}
