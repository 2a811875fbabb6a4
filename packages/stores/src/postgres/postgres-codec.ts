/**
 * Keys as they lie in columns of our own layout. PostgreSQL's text has no NUL, so U+0000 is stored as U+0001 U+0001,
 * and to keep them apart U+0001 as U+0001 U+0002. All other texts, which is to say all that one ever meets, stand as
 * they are. The order of the bytes stays the same.
 */
export function storedText(key: string): string {
  return SPECIAL.test(key) ? key.replace(EACH_SPECIAL, (char) => (char === '\0' ? NUL : ONE)) : key;
}

export function keyText(stored: string): string {
  return stored.includes(MARK) ? stored.replace(EACH_STORED, (pair) => (pair === NUL ? '\0' : MARK)) : stored;
}

/** What a stored text has in it if it is not the key itself. */
export const MARK = '\u0001';

const NUL = '\u0001\u0001';
const ONE = '\u0001\u0002';
// oxlint-disable-next-line no-control-regex -- these are what it is about
const SPECIAL = /[\0\u0001]/;
// oxlint-disable-next-line no-control-regex -- these are what it is about
const EACH_SPECIAL = /[\0\u0001]/g;
// oxlint-disable-next-line no-control-regex -- these are what it is about
const EACH_STORED = /\u0001[\u0001\u0002]/g;
