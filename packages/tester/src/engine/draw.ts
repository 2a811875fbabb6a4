import { below, type Random } from './random.ts';

/** Where data for a test comes from. Every draw is kept, so that the data can be made again, and made smaller. */
export interface Draw {
  /** A whole number in [0, below). Shrinks towards 0. */
  int(below: number): number;
  boolean(): boolean;
  /** True with the given chance. Shrinks towards false. */
  chance(probability: number): boolean;
  /** One of the items. Shrinks towards the first. */
  pick<T>(items: readonly T[]): T;
  /** Between `min` and `max` elements. Shrinks by leaving elements out. */
  list<T>(min: number, max: number, element: (index: number) => T): T[];
}

/** The draws [from, to) made one element of a list, or a whole list. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Draws from numbers that are there already, then from `random`; zeros if there is none. Fewer or smaller numbers make
 * smaller data, and any numbers make data that is valid: this is what shrinking relies on (as in Hypothesis, by David
 * MacIver).
 */
export class RecordedDraw implements Draw {
  readonly values: number[] = [];
  /** For each value, how many there could have been. */
  readonly limits: number[] = [];
  readonly spans: Span[] = [];
  private readonly given: readonly number[];
  private readonly random: Random | undefined;

  constructor(given: readonly number[], random?: Random) {
    this.given = given;
    this.random = random;
  }

  int(limit: number): number {
    return this.next(limit, (random) => below(random, limit));
  }

  boolean(): boolean {
    return this.int(2) === 1;
  }

  chance(probability: number): boolean {
    return this.next(2, (random) => (random() < probability ? 1 : 0)) === 1;
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new Error('there is nothing to pick from');
    return items[this.int(items.length)] as T;
  }

  list<T>(min: number, max: number, element: (index: number) => T): T[] {
    const elements: T[] = [];
    const from = this.values.length;
    for (;;) {
      const start = this.values.length;
      if (!this.more(elements.length, min, max)) break;
      elements.push(element(elements.length));
      this.spans.push({ from: start, to: this.values.length });
    }
    if (elements.length > 1) this.spans.push({ from, to: this.values.length });
    return elements;
  }

  /**
   * Whether there is one more element, drawn before each and after the last, and not how many there are: so an element
   * can be cut out of the draws, and all that follows still means the same. Also where there is nothing to decide.
   * The chance makes the mean length about half of what is possible.
   */
  private more(length: number, min: number, max: number): boolean {
    if (length < min) return this.next(2, () => 1, 1) === 1;
    if (length >= max) return this.next(1, () => 0, 0) === 1;
    return this.chance((max - min) / (max - min + 2));
  }

  private next(limit: number, draw: (random: Random) => number, forced?: number): number {
    const given = this.given[this.values.length];
    const drawn = given === undefined ? (this.random ? draw(this.random) : 0) : given % limit;
    const value = forced ?? drawn;
    this.values.push(value);
    this.limits.push(limit);
    return value;
  }
}

/** The values that follow these, counting up from the last; undefined if these are the last that there are. */
export function nextValues({
  values,
  limits,
}: Readonly<Record<'values' | 'limits', readonly number[]>>): number[] | undefined {
  const at = values.findLastIndex((value, index) => value + 1 < (limits[index] as number));
  return at < 0 ? undefined : [...values.slice(0, at), (values[at] as number) + 1];
}
