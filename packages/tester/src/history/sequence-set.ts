/** A set of short sequences of 32-bit integers: an open hash table over one flat array, without objects. */
export class SequenceSet {
  /** Where an entry begins in `#entries`, plus one; 0 is free. */
  #slots = new Int32Array(64);
  /** Each entry is its hash, its length, its integers. */
  #entries = new Int32Array(512);
  #end = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(sequence: readonly number[], length: number): boolean {
    return this.#slots[this.#slotOf(sequence, length, hashOf(sequence, length))] !== 0;
  }

  /** Adds the first `length` integers of the sequence; adding them again changes nothing. */
  add(sequence: readonly number[], length: number): void {
    const hash = hashOf(sequence, length);
    const slot = this.#slotOf(sequence, length, hash);
    if (this.#slots[slot] !== 0) return;
    this.#makeRoom(length + 2);
    this.#slots[slot] = this.#end + 1;
    this.#entries[this.#end] = hash;
    this.#entries[this.#end + 1] = length;
    for (let i = 0; i < length; i += 1) this.#entries[this.#end + 2 + i] = sequence[i]!;
    this.#end += length + 2;
    this.#size += 1;
    if (this.#size * 2 > this.#slots.length) this.#spread();
  }

  /** The slot that holds the sequence, or the free one where it belongs. */
  #slotOf(sequence: readonly number[], length: number, hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot] !== 0 && !this.#holds(this.#slots[slot]! - 1, sequence, length, hash)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #holds(entry: number, sequence: readonly number[], length: number, hash: number): boolean {
    if (this.#entries[entry] !== hash || this.#entries[entry + 1] !== length) return false;
    for (let i = 0; i < length; i += 1) if (this.#entries[entry + 2 + i] !== sequence[i]) return false;
    return true;
  }

  #makeRoom(integers: number): void {
    if (this.#end + integers <= this.#entries.length) return;
    const larger = new Int32Array(Math.max(this.#entries.length * 2, this.#end + integers));
    larger.set(this.#entries);
    this.#entries = larger;
  }

  #spread(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let entry = 0; entry < this.#end; entry += this.#entries[entry + 1]! + 2) {
      let slot = this.#entries[entry]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = entry + 1;
    }
    this.#slots = slots;
  }
}

/** Murmur-like mixing: neighbours differ in few bits, and the table takes the low ones. */
function hashOf(sequence: readonly number[], length: number): number {
  let hash = length;
  for (let i = 0; i < length; i += 1) {
    hash = Math.imul(hash ^ sequence[i]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
