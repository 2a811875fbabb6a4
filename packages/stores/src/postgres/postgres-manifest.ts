import { type Manifest, VALUE_TYPES } from 'changeover/table';

const MIB = 1024 * 1024;

/**
 * What two keys of a row may have together in an entry of a B-tree, which takes 2704 bytes (a third of a page), half
 * and half, less what the entry itself needs.
 */
const KEY_BYTES = 1300;

/** Of tables in our own layout. The limits keep one statement's data in memory, here and at the server. */
export const OWN_MANIFEST: Manifest = {
  store: 'postgres',
  layout: 'own',
  readOnly: false,
  atomicBatch: { rows: 10_000, bytes: 64 * MIB },
  deletesAbsent: true,
  atomicQuery: { rows: 100_000, bytes: 64 * MIB },
  scan: { pageRows: 10_000, nativeOrder: 'utf8' },
  load: { rows: 10_000, bytes: 64 * MIB, atomic: true, marks: true },
  filterPushDown: 'keys',
  version: { kind: 'counter', neverReused: true },
  // The statement timeout. The server goes on with what a lost connection asked for, but not for longer.
  requestLifetimeMs: 60_000,
  fencing: true,
  check: true,
  rename: true,
  reservedRows: 'inline',
  rangeHash: true,
  snapshotRead: true,
  changeFeed: false,
  ttl: false,
  limits: {
    keyBytes: KEY_BYTES,
    // A field holds 1 GB, and a text of control characters takes six times its size once it is encoded.
    rowBytes: 64 * MIB,
    properties: Number.POSITIVE_INFINITY,
    propertyNameBytes: Number.POSITIVE_INFINITY,
  },
  valueTypes: VALUE_TYPES,
  columns: undefined,
};
