import type { Manifest } from '../manifest.ts';
import { VALUE_TYPES, type ValueType } from '../value.ts';
import { CONTRACT_COLUMNS, type ColumnName } from './columns.ts';
import type { FaultKind, Need } from './contract-case.ts';

/** Sizes up to which the suite is willing to fill a table in order to reach a limit. */
const REACHABLE_ROWS = 2_500;
const REACHABLE_BYTES = 4_000_000;

export const anyPropertyName: Need = {
  name: 'any property name',
  met: (_, { properties }) => properties === undefined,
};
export const readOnlyHandle: Need = {
  name: 'a read-only handle',
  met: (_, { readOnly }) => readOnly === true,
};
export const ownLayout: Need = { name: 'layout own', met: ({ layout }) => layout === 'own' };
export const neverReused: Need = { name: 'version.neverReused', met: ({ version }) => version.neverReused };
export const reservedRows: Need = {
  name: 'reservedRows',
  met: (manifest) => manifest.reservedRows !== 'none',
};
export const atomicLoad: Need = { name: 'load.atomic', met: ({ load }) => load.atomic };
export const loadMarks: Need = { name: 'load.marks', met: ({ load }) => load.marks };
export const noLoadMarks: Need = { name: 'no load.marks', met: ({ load }) => !load.marks };
export const fencing: Need = { name: 'fencing', met: (manifest) => manifest.fencing };
export const noFencing: Need = { name: 'no fencing', met: (manifest) => !manifest.fencing };
export const checks: Need = { name: 'check', met: ({ check }) => check };
export const noChecks: Need = { name: 'no check', met: ({ check }) => !check };
export const snapshotReads: Need = { name: 'snapshotRead', met: ({ snapshotRead }) => snapshotRead };
export const noSnapshotReads: Need = { name: 'no snapshotRead', met: ({ snapshotRead }) => !snapshotRead };
export const deletesAbsent: Need = { name: 'deletesAbsent', met: (manifest) => manifest.deletesAbsent };
export const noDeletesAbsent: Need = {
  name: 'no deletesAbsent',
  met: (manifest) => !manifest.deletesAbsent,
};
export const renames: Need = { name: 'rename', met: ({ rename }) => rename };
export const noRename: Need = { name: 'no rename', met: ({ rename }) => !rename };
export const lacksValueType: Need = {
  name: 'a value type that the store lacks',
  met: ({ valueTypes }) => VALUE_TYPES.some((type) => !valueTypes.includes(type)),
};

/** A batch of so many rows is atomic. */
export function batchOf(rows: number): Need {
  return { name: `atomicBatch.rows >= ${rows}`, met: ({ atomicBatch }) => atomicBatch.rows >= rows };
}

/** So many small rows are one answer. */
export function queryOf(rows: number): Need {
  return { name: `atomicQuery.rows >= ${rows}`, met: ({ atomicQuery }) => atomicQuery.rows >= rows };
}

/** The table can have the column of {@link CONTRACT_COLUMNS} with this name. */
export function column(name: ColumnName): Need {
  const type: ValueType = CONTRACT_COLUMNS[name];
  return {
    name: `a ${type} property`,
    met: ({ valueTypes }, { properties }) =>
      valueTypes.includes(type) && (properties === undefined || properties[name] === type),
  };
}

export function fault(kind: FaultKind): Need {
  return { name: `fault:${kind}`, met: (_, { faults }) => faults?.includes(kind) === true };
}

/** A partition that is larger than one answer of the usual kind, and that can be made in a second or two. */
export const answersToExceed: Need = {
  name: 'atomicQuery.bytes <= 70000000',
  met: ({ atomicQuery }) => atomicQuery.bytes <= 70_000_000,
};

/** A limit of rows, or of properties, that the suite can afford to reach: `atomicBatch.rows`. */
export function reachableRows(name: string, limit: (manifest: Manifest) => number): Need {
  return { name: `${name} <= ${REACHABLE_ROWS}`, met: (manifest) => limit(manifest) <= REACHABLE_ROWS };
}

/** A limit of bytes that the suite can afford to reach: `limits.keyBytes`. */
export function reachableBytes(name: string, limit: (manifest: Manifest) => number): Need {
  return { name: `${name} <= ${REACHABLE_BYTES}`, met: (manifest) => limit(manifest) <= REACHABLE_BYTES };
}
