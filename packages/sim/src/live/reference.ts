import type { WriteKind } from 'changeover/table';

/** A row of the reference. Every write leaves a content that no other write leaves. */
export interface ReferenceRow {
  readonly content: Content;
  /** Its version there: a number that no row ever has again. */
  readonly version: number;
}

/** What a row says: who wrote it whole, who merged into it last, and a flag to filter by. */
export interface Content {
  readonly written: number | undefined;
  readonly merged: number | undefined;
  readonly flag: boolean | undefined;
}

export type ReferenceState = ReadonlyMap<string, ReferenceRow>;

export interface ReferenceWrite {
  readonly kind: WriteKind;
  readonly rowKey: string;
  readonly content: Content;
  /** A version of the reference; −1 for one that no row has. */
  readonly condition: number | '*' | undefined;
}

export type Applied =
  | {
      readonly kind: 'done';
      readonly state: ReferenceState;
      readonly versions: readonly (number | undefined)[];
    }
  | { readonly kind: 'refused'; readonly code: string; readonly index: number };

/** What a table does with a batch: the plainest way to say it. `next` gives new versions. */
export function applyTo(
  state: ReferenceState,
  writes: readonly ReferenceWrite[],
  next: () => number,
): Applied {
  const changed = new Map(state);
  const versions: (number | undefined)[] = [];
  for (const [index, write] of writes.entries()) {
    const row = state.get(write.rowKey);
    const code = refusalOf(write, row);
    if (code) return { kind: 'refused', code, index };
    if (write.kind === 'delete') {
      changed.delete(write.rowKey);
      versions.push(undefined);
      continue;
    }
    const merges = write.kind === 'merge' || write.kind === 'upsertMerge';
    const version = next();
    changed.set(write.rowKey, {
      content: merges ? mergedContent(row?.content, write.content) : write.content,
      version,
    });
    versions.push(version);
  }
  return { kind: 'done', state: changed, versions };
}

function refusalOf({ kind, condition }: ReferenceWrite, row: ReferenceRow | undefined): string | undefined {
  if (kind === 'insert') return row && 'TABLE_ROW_EXISTS';
  if (condition === undefined) return undefined;
  if (!row) return 'TABLE_ROW_ABSENT';
  return condition === '*' || condition === row.version ? undefined : 'TABLE_VERSION_MISMATCH';
}

function mergedContent(before: Content | undefined, now: Content): Content {
  return {
    written: now.written ?? before?.written,
    merged: now.merged ?? before?.merged,
    flag: now.flag ?? before?.flag,
  };
}

export function sameContent(one: Content, other: Content): boolean {
  return one.written === other.written && one.merged === other.merged && one.flag === other.flag;
}
