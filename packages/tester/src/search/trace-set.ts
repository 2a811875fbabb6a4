/**
 * How many different traces were seen, in constant memory: one bit for each value of 24 bits of the fingerprint. The more
 * bits are set, the more often a new trace hits one that is: `estimate` allows for that (linear counting, Whang 1990).
 */
export class TraceSet {
  readonly words = new Uint32Array(SIZE / 32);
  private bits = 0;

  /** Whether it is new. Errs on the side of "seen before". */
  add(fingerprint: number): boolean {
    const bit = (fingerprint ^ (fingerprint >>> 24)) & (SIZE - 1);
    const word = bit >>> 5;
    const mask = 1 << (bit & 31);
    if (((this.words[word] as number) & mask) !== 0) return false;
    this.words[word] = (this.words[word] as number) | mask;
    this.bits++;
    return true;
  }

  merge(words: Uint32Array): void {
    for (const [index, word] of words.entries()) {
      const fresh = word & ~(this.words[index] as number);
      this.words[index] = (this.words[index] as number) | word;
      this.bits += ones(fresh);
    }
  }

  get estimate(): number {
    return Math.round(-SIZE * Math.log1p(-Math.min(this.bits, SIZE - 1) / SIZE));
  }
}

const SIZE = 2 ** 24;

function ones(word: number): number {
  let count = 0;
  for (let rest = word >>> 0; rest !== 0; rest = (rest & (rest - 1)) >>> 0) count++;
  return count;
}
