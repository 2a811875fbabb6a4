import { hash } from 'node:crypto';
import {
  EncodedRow,
  encodedProperties,
  propertyOf,
  type Row,
  type RowData,
  sameProperties,
  sameValue,
  type Value,
  type ValueJson,
  valueToJson,
} from '../table/index.ts';

/** Both sides of a property that is not the same; null where a side does not have it. */
export interface DifferentProperty {
  readonly name: string;
  readonly source: ValueJson | null;
  readonly target: ValueJson | null;
}

/** Whether two rows of one key hold the same, to the bit. Versions are each store's own, and do not count. */
export function sameRow(source: Row, target: Row): boolean {
  // Equal encodings are equal rows, with no need to decode either.
  if (source instanceof EncodedRow && target instanceof EncodedRow && source.encoded === target.encoded)
    return true;
  return sameProperties(source.properties, target.properties);
}

/** A short text that two rows of one key share only if they hold the same, and that of no row with no row alone. */
export function contentOf(row: Row | undefined): string {
  return row ? hash('sha256', encodedProperties(row), 'base64url') : '';
}

/** What differs, by name. With one side absent, every property of the other. */
export function differentProperties(
  source: RowData | undefined,
  target: RowData | undefined,
): readonly DifferentProperty[] {
  const names = new Set([...Object.keys(source?.properties ?? {}), ...Object.keys(target?.properties ?? {})]);
  return [...names].toSorted().flatMap((name) => {
    const left = source && propertyOf(source.properties, name);
    const right = target && propertyOf(target.properties, name);
    if (left && right && sameValue(left, right)) return [];
    return [{ name, source: jsonOf(left), target: jsonOf(right) }];
  });
}

function jsonOf(value: Value | undefined): ValueJson | null {
  return value ? valueToJson(value) : null;
}
