import { type Footprint, joined, reads, writes } from '@changeover/tester';
import type { Side } from 'changeover/live';
import type { Filter, Write } from 'changeover/table';

/** Footprints are few, and the same in every schedule. */
const known = new Map<string, Footprint>();

interface Who {
  readonly name: string;
}

export function readingAll(side: Side, { name }: Who): Footprint {
  return remembered(`reads ${side} ${name}`, () => joined(reads(side), reads(`phase/${name}`)));
}

/** Rows of a partition by their keys; all of it if they are not known. */
export function readingRows(
  side: Side,
  { name }: Who,
  partitionKey: string,
  rowKeys: readonly string[] | undefined,
): Footprint {
  const places = rowKeys
    ? rowKeys.map((rowKey) => `${side}/${partitionKey}/${rowKey}`)
    : [`${side}/${partitionKey}`];
  return remembered(`reads ${places.join()} ${name}`, () => joined(reads(...places), reads(`phase/${name}`)));
}

/**
 * A batch writes its rows. That it touches a fence changes nothing but the version of that row, which nobody looks at: of
 * the fence, it reads whether it is there.
 */
export function writing(
  side: Side,
  { name }: Who,
  batch: readonly Write[],
  fences: readonly string[] = [],
): Footprint {
  const key = batch
    .map(
      ({ kind, partitionKey, rowKey }) => `${kind === 'merge' || kind === 'check'} ${partitionKey}/${rowKey}`,
    )
    .concat(fences)
    .join();
  return remembered(`writes ${side} ${key} ${name}`, () =>
    joined(
      reads(`phase/${name}`, ...fences),
      ...batch.map(({ kind, partitionKey, rowKey }) => {
        const place = `${side}/${partitionKey}/${rowKey}`;
        const touches = kind === 'check' || (kind === 'merge' && rowKey.startsWith('_changeover.fence.'));
        return touches ? reads(place) : writes(place);
      }),
    ),
  );
}

/** A batch that a store refuses has read its rows, and the fences, and changed nothing. */
export function refused(
  side: Side,
  { name }: Who,
  batch: readonly Write[],
  fences: readonly string[] = [],
): Footprint {
  const places = batch.map(({ partitionKey, rowKey }) => `${side}/${partitionKey}/${rowKey}`).concat(fences);
  return remembered(`refuses ${places.join()} ${name}`, () => reads(`phase/${name}`, ...places));
}

/** The row keys that a filter asks for by name; undefined if it asks for more. */
export function keysIn(filter: Filter | undefined): readonly string[] | undefined {
  if (!filter) return undefined;
  if (filter.kind === 'comparison') {
    const named =
      filter.subject.kind === 'rowKey' && filter.operator === 'eq' && filter.value.type === 'string';
    return named ? [filter.value.value as string] : undefined;
  }
  if (filter.kind !== 'or') return undefined;
  const keys = filter.operands.map(keysIn);
  return keys.every((each) => each !== undefined) ? keys.flat() : undefined;
}

function remembered(key: string, make: () => Footprint): Footprint {
  const found = known.get(key);
  if (found) return found;
  const made = make();
  known.set(key, made);
  return made;
}
