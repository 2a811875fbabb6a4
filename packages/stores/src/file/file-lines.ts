import { isUtf8 } from 'node:buffer';
import { StringDecoder } from 'node:string_decoder';
import { malformed } from './file-errors.ts';

/** A line without its line feed; a carriage return before that is left in. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** A line is in memory as a whole; beyond this it is no line of rows but some other file. */
export const LINE_BYTES_MAX = 128 * 1024 * 1024;

const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = '\ufeff';

/**
 * Cuts bytes into lines of UTF-8 text, leaving out a byte order mark at the beginning. A last line needs no line feed.
 *
 * Lines are cut before they are decoded: a line feed is never part of another character, and a fault has its line.
 * Throws `FILE_MALFORMED` for a line that is not UTF-8, or longer than `bytesMax`.
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  bytesMax = LINE_BYTES_MAX,
): AsyncGenerator<Line> {
  let number = 1;
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      pending.push(chunk.subarray(start, end));
      if (pendingBytes + end - start > bytesMax) throw tooLong(number, bytesMax);
      yield lineOf(number, pending);
      number += 1;
      pending = [];
      pendingBytes = 0;
      start = end + 1;
    }
    if (start === chunk.length) continue;
    pending.push(chunk.subarray(start));
    pendingBytes += chunk.length - start;
    if (pendingBytes > bytesMax) throw tooLong(number, bytesMax);
  }
  if (pendingBytes > 0) yield lineOf(number, pending);
}

function lineOf(number: number, parts: readonly Uint8Array[]): Line {
  const bytes = Buffer.concat(parts);
  if (!isUtf8(bytes)) throw malformed(number, illFormedColumn(bytes), 'expected UTF-8 text');
  const text = bytes.toString('utf8');
  return { number, text: number === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text };
}

/** Text that is decoded and encoded again differs from the bytes where they first were none. */
function illFormedColumn(bytes: Buffer): number {
  const again = Buffer.from(bytes.toString('utf8'));
  const length = bytes.findIndex((byte, index) => byte !== again[index]);
  return new StringDecoder('utf8').write(bytes.subarray(0, Math.max(0, length))).length + 1;
}

function tooLong(number: number, bytesMax: number): Error {
  return malformed(number, 1, `expected a line of at most ${bytesMax} bytes`);
}
