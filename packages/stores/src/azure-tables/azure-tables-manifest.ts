import type { Manifest } from 'changeover/table';
import { KEY_UNITS } from './azure-tables-keys.ts';
import { PROPERTIES_MAX, ROW_BYTES } from './azure-tables-limits.ts';

const MIB = 1024 * 1024;

/** How long the service itself goes on with a request, at most and if nobody says otherwise. */
export const TIMEOUT_MS = 30_000;

/** Of any table of an account: its rows and their types are the service's own, so that all tables are of one layout. */
export const MANIFEST: Manifest = {
  store: 'azure-tables',
  layout: 'own',
  readOnly: false,
  atomicBatch: { rows: 100, bytes: 4 * MIB },
  // One page, which is all that the service reads at one instant.
  deletesAbsent: false,
  atomicQuery: { rows: 1000, bytes: 4 * MIB },
  scan: { pageRows: 1000, nativeOrder: 'utf16' },
  load: { rows: 10_000, bytes: 64 * MIB, atomic: false, marks: false },
  filterPushDown: 'some',
  version: { kind: 'server', neverReused: true },
  requestLifetimeMs: TIMEOUT_MS,
  fencing: false,
  check: false,
  rename: false,
  reservedRows: 'inline',
  rangeHash: false,
  snapshotRead: false,
  changeFeed: false,
  ttl: false,
  // The least of it. The service counts UTF-16, in which ASCII takes twice its bytes, and other characters less or the same.
  limits: {
    keyBytes: KEY_UNITS,
    rowBytes: ROW_BYTES / 2,
    properties: PROPERTIES_MAX,
    propertyNameBytes: 255,
  },
  valueTypes: ['string', 'boolean', 'int32', 'int64', 'double', 'datetime', 'guid', 'binary'],
  columns: undefined,
};
