import { refusal } from './errors.ts';

/** Names one row. Any well-formed Unicode strings, the empty one included. */
export interface RowKey {
  readonly partitionKey: string;
  readonly rowKey: string;
}

/**
 * Orders strings by their UTF-8 bytes, which is the order of their code points.
 *
 * JavaScript's own `<` compares UTF-16 code units and so puts an astral character (a surrogate pair, D800–DFFF)
 * before U+E000–U+FFFF. At the first differing unit, lifting surrogates above everything else cures that.
 */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return codePointRank(left) - codePointRank(right);
  }
  return a.length - b.length;
}

function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** The order of rows in every scan: partition key first, then row key, each by UTF-8 bytes. */
export function compareKeys(a: RowKey, b: RowKey): number {
  return compareText(a.partitionKey, b.partitionKey) || compareText(a.rowKey, b.rowKey);
}

export function sameKey(a: RowKey, b: RowKey): boolean {
  return a.partitionKey === b.partitionKey && a.rowKey === b.rowKey;
}

/** For messages: `"FR"/"x7"`, with control characters escaped. */
export function formatKey({ partitionKey, rowKey }: RowKey): string {
  return `${JSON.stringify(partitionKey)}/${JSON.stringify(rowKey)}`;
}

/** The bare key of anything that carries one. */
export function keyOf({ partitionKey, rowKey }: RowKey): RowKey {
  return { partitionKey, rowKey };
}

/** Throws `TABLE_KEY_INVALID` for what is not a string or is not well-formed Unicode (a lone surrogate). */
export function checkKeyText(role: 'partition key' | 'row key', text: unknown): void {
  if (typeof text !== 'string') {
    throw refusal('TABLE_KEY_INVALID', `the ${role} must be a string, not ${typeof text}`, { role });
  }
  if (!isWellFormed(text)) {
    throw refusal('TABLE_KEY_INVALID', `the ${role} ${JSON.stringify(text)} is not well-formed Unicode`, {
      role,
      text,
    });
  }
}

/** Whether `text` has no lone surrogate. (`String.prototype.isWellFormed` is not in the ES2023 library types.) */
export function isWellFormed(text: string): boolean {
  return !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text);
}
