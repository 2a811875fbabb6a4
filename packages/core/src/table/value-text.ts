import type { Value } from './value.ts';

export function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** Undefined for what is not exactly base64. Decoding skips what is none; encoding again shows whether it did. */
export function binaryOf(text: string): Value | undefined {
  const value = new Uint8Array(Buffer.from(text, 'base64'));
  return base64Of(value) === text ? { type: 'binary', value } : undefined;
}

/** Undefined for what is not the one spelling of an int64. */
export function int64Of(digits: string): Value | undefined {
  if (!/^-?\d{1,19}$/.test(digits)) return undefined;
  const value = BigInt(digits);
  return String(BigInt.asIntN(64, value)) === digits ? { type: 'int64', value } : undefined;
}
