/**
 * Which operations of a search stand in the order that is being tried, as bits.
 *
 * The required ones come first, in the order of invocation: those placed are nearly a prefix, so that the words
 * between the first that is missing and the last that is there tell the whole set, however long the history is.
 * The optional ones have words of their own: one that is never placed would hold that prefix up for good.
 */
export class PlacedSet {
  readonly #words: number[];
  readonly #required: number;
  readonly #optionalFrom: number;

  constructor(required: number, optional: number) {
    this.#required = required;
    this.#optionalFrom = (required + 31) >>> 5;
    this.#words = Array.from({ length: this.#optionalFrom + ((optional + 31) >>> 5) }, () => 0);
  }

  /** Adds the operation, or takes it out again. Indices run on from the required to the optional ones. */
  flip(index: number): void {
    const bit = index < this.#required ? index : index - this.#required;
    const word = (index < this.#required ? 0 : this.#optionalFrom) + (bit >>> 5);
    this.#words[word] = this.#words[word]! ^ (1 << (bit & 31));
  }

  /**
   * Writes the set to `into` from `at` on and returns where it ends. Two sets of one search are the same if and only
   * if what is written is. `missing` is the first required operation that is not placed, `last` the last that is.
   */
  write(into: number[], at: number, missing: number, last: number): number {
    const from = missing >>> 5;
    let end = at;
    into[end++] = from;
    for (let word = from; word <= last >> 5; word += 1) into[end++] = this.#words[word]!;
    for (let word = this.#optionalFrom; word < this.#words.length; word += 1)
      into[end++] = this.#words[word]!;
    return end;
  }
}
