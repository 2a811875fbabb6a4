import { compareText } from './key.ts';
import type { Value } from './value.ts';

/**
 * How filters order two values: below 0, 0 or above 0, as in a sort; NaN for two numbers one of which is NaN; undefined
 * for values that cannot be compared, because their types differ or because they are JSON documents.
 *
 * Numbers of all four types compare by their mathematical values, without rounding: 0.1 as a double is a little more
 * than 0.1 as a decimal. −0 equals 0. {@link import('./value.ts').sameValue} is the stricter equality of moves.
 */
export function compareValues(a: Value, b: Value): number | undefined {
  if (isNumeric(a) && isNumeric(b)) return compareNumeric(a, b);
  switch (a.type) {
    case 'string':
    case 'guid':
    case 'datetime':
      return a.type === b.type ? compareText(a.value, b.value) : undefined;
    case 'boolean':
      return a.type === b.type ? Number(a.value) - Number(b.value) : undefined;
    case 'binary':
      return a.type === b.type ? Buffer.compare(a.value, b.value) : undefined;
    default:
      return undefined;
  }
}

type Numeric = Value & { type: 'int32' | 'int64' | 'double' | 'decimal' };

function isNumeric(value: Value): value is Numeric {
  return (
    value.type === 'double' || value.type === 'int32' || value.type === 'int64' || value.type === 'decimal'
  );
}

function compareNumeric(a: Numeric, b: Numeric): number {
  if (a.type !== 'decimal' && b.type !== 'decimal') return compareNative(a.value, b.value);
  if (a.type === 'double' && !Number.isFinite(a.value)) return compareNative(a.value, 0);
  if (b.type === 'double' && !Number.isFinite(b.value)) return compareNative(0, b.value);
  return compareScaled(scaledOf(a), scaledOf(b));
}

/** The language compares numbers with bigints exactly, equality if it is the loose one. A NaN satisfies none. */
function compareNative(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return a == b ? 0 : Number.NaN;
}

/** The number `units` · 10^−`scale`. Every decimal and every finite double is one exactly. */
interface Scaled {
  readonly units: bigint;
  readonly scale: number;
}

function scaledOf(value: Numeric): Scaled {
  if (value.type === 'decimal') return scaledOfDecimal(value.value);
  return typeof value.value === 'bigint' ? { units: value.value, scale: 0 } : scaledOfNumber(value.value);
}

function scaledOfDecimal(text: string): Scaled {
  const point = text.indexOf('.');
  if (point < 0) return { units: BigInt(text), scale: 0 };
  return { units: BigInt(text.slice(0, point) + text.slice(point + 1)), scale: text.length - point - 1 };
}

/** A finite double is a whole number of some 2^−n, found by exact doubling, and 2^−n is 5^n · 10^−n. */
function scaledOfNumber(value: number): Scaled {
  let whole = value;
  let scale = 0;
  while (!Number.isInteger(whole)) {
    whole *= 2;
    scale += 1;
  }
  return { units: BigInt(whole) * 5n ** BigInt(scale), scale };
}

function compareScaled(a: Scaled, b: Scaled): number {
  const scale = Math.max(a.scale, b.scale);
  return compareNative(unitsAt(a, scale), unitsAt(b, scale));
}

function unitsAt({ units, scale }: Scaled, finer: number): bigint {
  return units * 10n ** BigInt(finer - scale);
}
