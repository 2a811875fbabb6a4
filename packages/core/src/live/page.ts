import {
  compareKeys,
  compareText,
  isReservedRow,
  keyOf,
  type Page,
  type Row,
  type RowKey,
} from '../table/index.ts';
import { isMeta, metaKey, metaOf } from './meta.ts';
import { virtualRowOf } from './overlay.ts';
import { type PhysicalRow, physicalRow } from './physical-row.ts';
import { rowOf } from './query-managed.ts';
import type { Both, Side } from './side.ts';
import { standingOf } from './standing.ts';
import type { Metas } from './turn.ts';

/** The partition that a page begins within, and its metas, which did not change while the page was read. */
export interface Within {
  readonly partitionKey: string;
  readonly metas: Metas;
}

export interface Assembled {
  readonly kind: 'page';
  /** The rows that the application sees, in order. */
  readonly rows: readonly Row[];
  /** How far they are all the rows there are; undefined if to the end. */
  readonly end: RowKey | undefined;
  /** The last row of an application up to there, seen or not. */
  readonly lastUser: RowKey | undefined;
}

export type Assembly =
  | Assembled
  /** The first partition changed while it was read. */
  | { readonly kind: 'again' }
  /** The page does not get past the meta of its first partition: that must be read beside it. */
  | { readonly kind: 'ask'; readonly partitionKey: string };

/** Puts the pages of both sides together, as far as both got, and as far as each partition's state is known. Pure. */
export function assemble(
  pages: Both<Page>,
  through: RowKey | undefined,
  within: Within | undefined,
): Assembly {
  let end = earlier(pages.source.continuation, pages.target.continuation);
  const known = earlier(end, through);
  const physical = [...upTo(pages.source, end), ...upTo(pages.target, end)].map(keyOf).toSorted(compareKeys);
  const rows: Row[] = [];
  for (const partitionKey of new Set(physical.map((key) => key.partitionKey))) {
    const isWithin = within?.partitionKey === partitionKey;
    const covered = isWithin || !known || compareKeys(metaKey(partitionKey), known) <= 0;
    const part = covered && partRows(pages, partitionKey, end, isWithin ? within.metas : undefined);
    if (part) {
      rows.push(...part);
      continue;
    }
    const before = physical.findLast((key) => compareText(key.partitionKey, partitionKey) < 0);
    if (!before) return covered ? { kind: 'again' } : { kind: 'ask', partitionKey };
    end = before;
    break;
  }
  const lastUser = physical.findLast(
    (key) => !isReservedRow(key.rowKey) && (!end || compareKeys(key, end) <= 0),
  );
  return { kind: 'page', rows, end, lastUser };
}

/** The visible rows of one partition, or undefined if the two sides cannot be put together. */
function partRows(
  pages: Both<Page>,
  partitionKey: string,
  end: RowKey | undefined,
  known: Metas | undefined,
): readonly Row[] | undefined {
  const parts = { source: partOf(pages.source, partitionKey), target: partOf(pages.target, partitionKey) };
  const metas = known ?? { source: embeddedMeta(parts.source), target: embeddedMeta(parts.target) };
  const standing = standingOf(metas);
  if (standing.kind === 'torn') return undefined;
  const rows = {
    source: sideRows('source', parts.source, end),
    target: sideRows('target', parts.target, end),
  };
  if (standing.kind === 'alone') {
    // The page of this side must be from when it had everything.
    if (!metas[standing.side]?.complete && metas[standing.side]?.state !== 'alone') return undefined;
    return [...rows[standing.side].values()].filter(({ tombstone }) => !tombstone).map(rowOf);
  }
  const keys = new Set([...rows.source.keys(), ...rows.target.keys()]);
  return [...keys]
    .toSorted(compareText)
    .map((rowKey) => virtualRowOf({ standing, rows }, rowKey))
    .filter((row) => row !== undefined)
    .map(rowOf);
}

function partOf({ rows }: Page, partitionKey: string): readonly Row[] {
  return rows.filter((row) => row.partitionKey === partitionKey);
}

function embeddedMeta(rows: readonly Row[]) {
  const row = rows.find(isMeta);
  return row && metaOf(row);
}

function sideRows(
  side: Side,
  rows: readonly Row[],
  end: RowKey | undefined,
): ReadonlyMap<string, PhysicalRow> {
  const user = rows.filter((row) => !isReservedRow(row.rowKey) && (!end || compareKeys(row, end) <= 0));
  return new Map(user.map((row) => [row.rowKey, physicalRow(side, row)]));
}

function upTo({ rows }: Page, end: RowKey | undefined): readonly Row[] {
  return end ? rows.filter((row) => compareKeys(row, end) <= 0) : rows;
}

function earlier(one: RowKey | undefined, other: RowKey | undefined): RowKey | undefined {
  if (!one || !other) return one ?? other;
  return compareKeys(one, other) <= 0 ? one : other;
}
