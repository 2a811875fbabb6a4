import { hash } from 'node:crypto';
import type { RowKey } from './key.ts';
import { textBytes } from './size.ts';
import type { RangeHash } from './table.ts';

const WORD = 2 ** 32;
/** So many digests can be summed up before a word's sum could exceed 2⁵³, beyond which numbers lose count. */
const CARRY_AFTER = 2 ** 20;

/**
 * Sums up rows to the hash of their range: the digests of the rows, added modulo 2¹²⁸.
 *
 * The digest of a row is the first 128 bits, as one big-endian number, of the SHA-256 of
 * `<bytes of the partition key>:<partition key><bytes of the row key>:<row key><encoded properties>` in UTF-8, where the
 * lengths are decimal and the properties are in their canonical encoding. A sum knows no order, so that a server may
 * add in any, and parts of a range add up to the whole. It finds what goes wrong by accident; it does not withstand
 * somebody who chooses the contents of rows in order to deceive it. See docs/decisions/0008-range-hash.md.
 */
export class RangeHasher {
  #rows = 0;
  #digests = 0;
  // Four words, the highest first. Plain numbers: a bigint for each row would cost more than its digest.
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;

  /** Adds a row; `encoded` is the canonical encoding of its properties. */
  add({ partitionKey, rowKey }: RowKey, encoded: string): void {
    const framed = `${textBytes(partitionKey)}:${partitionKey}${textBytes(rowKey)}:${rowKey}${encoded}`;
    // As text of one character a byte: a third of the time that a buffer takes.
    const digest = hash('sha256', framed, 'binary');
    this.#rows += 1;
    this.#a += wordAt(digest, 0);
    this.#b += wordAt(digest, 4);
    this.#c += wordAt(digest, 8);
    this.#d += wordAt(digest, 12);
    this.#carryInTime();
  }

  /** Adds a range that has no row in common with what was added before. */
  addRange({ rows, hash: sum }: RangeHash): void {
    this.#rows += rows;
    this.#a += Number.parseInt(sum.slice(0, 8), 16);
    this.#b += Number.parseInt(sum.slice(8, 16), 16);
    this.#c += Number.parseInt(sum.slice(16, 24), 16);
    this.#d += Number.parseInt(sum.slice(24, 32), 16);
    this.#carryInTime();
  }

  result(): RangeHash {
    this.#carry();
    const words = [this.#a, this.#b, this.#c, this.#d];
    return { rows: this.#rows, hash: words.map((word) => word.toString(16).padStart(8, '0')).join('') };
  }

  #carryInTime(): void {
    this.#digests += 1;
    if (this.#digests % CARRY_AFTER === 0) this.#carry();
  }

  #carry(): void {
    this.#c += Math.floor(this.#d / WORD);
    this.#b += Math.floor(this.#c / WORD);
    this.#a += Math.floor(this.#b / WORD);
    this.#d %= WORD;
    this.#c %= WORD;
    this.#b %= WORD;
    this.#a %= WORD;
  }
}

export function sameHash(a: RangeHash, b: RangeHash): boolean {
  return a.rows === b.rows && a.hash === b.hash;
}

function wordAt(bytes: string, index: number): number {
  const word =
    (bytes.charCodeAt(index) << 24) |
    (bytes.charCodeAt(index + 1) << 16) |
    (bytes.charCodeAt(index + 2) << 8) |
    bytes.charCodeAt(index + 3);
  return word >>> 0;
}
