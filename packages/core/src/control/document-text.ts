import { assert, type Json } from '../std/index.ts';

/** The text that a store keeps of a document's value. What JSON would quietly turn into null is a defect of ours. */
export function encodeDocument(value: Json): string {
  return JSON.stringify(value, (name, member: unknown) => {
    const lost = typeof member === 'number' && !Number.isFinite(member);
    assert(!lost, `a document cannot hold ${String(member)} (in ${JSON.stringify(name)})`);
    return member;
  });
}

/** A value of the caller's own, which nobody else sees change. */
export function decodeDocument(text: string): Json {
  return JSON.parse(text) as Json;
}
