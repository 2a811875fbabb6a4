import type { Version } from '../table/index.ts';
import type { PhysicalRow } from './physical-row.ts';
import type { Side } from './side.ts';

/** Two stores number versions independently: "1" of the one is not "1" of the other. */
const LETTER: Readonly<Record<Side, string>> = { source: 's', target: 't' };

/** The version that the application gets of a row that has this one on its side, and no origin. */
export function taggedVersion(side: Side, version: Version): Version {
  return `${LETTER[side]}${version}`;
}

/** The version under which the application knows a row: a copy keeps that of its original. */
export function virtualVersion({ side, version, origin }: PhysicalRow): Version {
  return origin ?? taggedVersion(side, version);
}

/** The side's own version in one that the application holds; undefined if it does not come from this side. */
export function ownVersion(side: Side, version: Version): Version | undefined {
  return version.startsWith(LETTER[side]) ? version.slice(1) : undefined;
}

/** A condition that holds for no row of the store, and still is refused as absence where there is no row. */
export function foreignVersion(version: Version): Version {
  return `foreign:${version}`;
}
