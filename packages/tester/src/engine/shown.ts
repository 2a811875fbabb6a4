import { inspect } from 'node:util';
import { messageOf } from './failure.ts';

/** More of a world than this is read by nobody. */
const MOST_CHARACTERS = 5000;

/** A value that is to be looked at, as lines; what is text already stays as it is. An error is shown, and does no harm. */
export function shown(value: () => unknown): string {
  try {
    const given = value();
    const text =
      typeof given === 'string' ? given : inspect(given, { depth: 6, sorted: true, compact: false });
    return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
  } catch (error) {
    return `✗ ${messageOf(error)}`;
  }
}
