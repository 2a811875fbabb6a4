import { type Manifest, type Row, refusal, roughBytes } from '../table/index.ts';
import { HIDDEN } from './physical-row.ts';
import type { Both } from './side.ts';

/** Rows of ours that every managed batch carries: the fence. */
const BATCH_ROWS = 1;
/** Rows of ours that a managed query may read: the meta, and the fence. */
const QUERY_ROWS = 2;
/** What the fence, with its key, may take of a batch. */
const BATCH_BYTES = 4096;
/** What the hidden properties may take of a row: their names, an epoch, a version and an operation's id. */
const ROW_BYTES = 2048;

/**
 * What a table can promise that lies on both: the narrower of the two, less what we need for ourselves. It is the same in
 * every phase, so that nothing that was promised is taken back.
 */
export function jointManifest({ source, target }: Both<Manifest>): Manifest {
  const least = (of: (manifest: Manifest) => number) => Math.min(of(source), of(target));
  return {
    store: `${source.store} to ${target.store}`,
    layout: source.layout === target.layout ? source.layout : 'mapped',
    readOnly: source.readOnly || target.readOnly,
    atomicBatch: {
      rows: least(({ atomicBatch }) => atomicBatch.rows) - BATCH_ROWS,
      bytes: least(({ atomicBatch }) => atomicBatch.bytes) - BATCH_BYTES,
    },
    deletesAbsent: source.deletesAbsent && target.deletesAbsent,
    atomicQuery: {
      rows: least(({ atomicQuery }) => atomicQuery.rows) - QUERY_ROWS,
      bytes: least(({ atomicQuery }) => atomicQuery.bytes) - ROW_BYTES,
    },
    scan: { pageRows: least(({ scan }) => scan.pageRows), nativeOrder: 'utf8' },
    load: {
      rows: least(({ load }) => load.rows),
      bytes: least(({ load }) => load.bytes),
      atomic: false,
      marks: false,
    },
    filterPushDown: 'some',
    version: { kind: 'server', neverReused: source.version.neverReused && target.version.neverReused },
    requestLifetimeMs: Math.max(source.requestLifetimeMs, target.requestLifetimeMs),
    fencing: false,
    check: false,
    rename: false,
    reservedRows: 'none',
    rangeHash: false,
    snapshotRead: false,
    changeFeed: false,
    ttl: false,
    limits: {
      keyBytes: least(({ limits }) => limits.keyBytes),
      rowBytes: least(({ limits }) => limits.rowBytes) - ROW_BYTES,
      properties: least(({ limits }) => limits.properties) - HIDDEN.length,
      propertyNameBytes: least(({ limits }) => limits.propertyNameBytes),
    },
    valueTypes: source.valueTypes.filter((type) => target.valueTypes.includes(type)),
    columns: source.columns ?? target.columns,
  };
}

/** In some phases more would fit; but what is promised is the same in all. Throws `TABLE_QUERY_TOO_LARGE`. */
export function checkAnswer({ atomicQuery }: Manifest, partitionKey: string, rows: readonly Row[]): void {
  const bytes = Number.isFinite(atomicQuery.bytes) ? rows.reduce((sum, row) => sum + roughBytes(row), 0) : 0;
  if (rows.length <= atomicQuery.rows && bytes <= atomicQuery.bytes) return;
  const message = `the rows of partition ${JSON.stringify(partitionKey)} are more than one answer can hold`;
  throw refusal('TABLE_QUERY_TOO_LARGE', message, { partitionKey });
}
