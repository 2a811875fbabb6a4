import { assert, type Json } from '../std/index.ts';
import { ControlError } from './errors.ts';

/** The text that a store keeps of a document's value. What JSON would quietly turn into null is a defect of ours. */
export function encodeDocument(value: Json): string {
  return JSON.stringify(value, (name, member: unknown) => {
    const lost = typeof member === 'number' && !Number.isFinite(member);
    assert(!lost, `a document cannot hold ${String(member)} (in ${JSON.stringify(name)})`);
    return member;
  });
}

/**
 * A value of the caller's own, which nobody else sees change. Throws `CONTROL_CORRUPT` with `what` it is of, if the text is
 * none that {@link encodeDocument} gives.
 */
export function decodeDocument(text: string, what: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new ControlError('CONTROL_CORRUPT', `${what} of the control store is damaged: it is not JSON`, {
      effect: 'none',
      cause,
      hint: 'Put it back as it was; then the same command goes on. The tables themselves were not touched.',
    });
  }
}
