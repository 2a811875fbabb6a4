/**
 * How many different traces were seen, in constant memory: one bit for each value of 24 bits of the fingerprint, and one
 * more for those that were seen again. The more bits are set, the more often a new trace hits one that is: `estimate` allows
 * for that (linear counting, Whang 1990).
 */
export class TraceSet {
  readonly words = new Uint32Array(SIZE / 32);
  private readonly again = new Uint32Array(SIZE / 32);
  private bits = 0;
  private repeated = 0;

  /** Errs on the side of "seen before". */
  has(fingerprint: number): boolean {
    return isSet(this.words, bitOf(fingerprint));
  }

  /** Whether it is new. */
  add(fingerprint: number): boolean {
    const bit = bitOf(fingerprint);
    if (set(this.words, bit)) {
      this.bits++;
      return true;
    }
    if (set(this.again, bit)) this.repeated++;
    return false;
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

  /** Those that were seen exactly once. */
  get once(): number {
    return this.bits - this.repeated;
  }
}

const SIZE = 2 ** 24;

function bitOf(fingerprint: number): number {
  return (fingerprint ^ (fingerprint >>> 24)) & (SIZE - 1);
}

function isSet(words: Uint32Array, bit: number): boolean {
  return ((words[bit >>> 5] as number) & (1 << (bit & 31))) !== 0;
}

/** False if it was set already. */
function set(words: Uint32Array, bit: number): boolean {
  if (isSet(words, bit)) return false;
  words[bit >>> 5] = (words[bit >>> 5] as number) | (1 << (bit & 31));
  return true;
}

function ones(word: number): number {
  let count = 0;
  for (let rest = word >>> 0; rest !== 0; rest = (rest & (rest - 1)) >>> 0) count++;
  return count;
}
