import type { ValueType } from 'changeover/table';

/** A number as JSON spells it. */
export const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/;

const INTEGER = /^-?\d{1,10}$/;

/**
 * The number that a text which is a {@link NUMBER} spells; the text itself, which no type takes, if that would guess.
 * Doubles are rounded, as everywhere; an int32 may not be: 4.99999999999999999 is 5 to a double.
 */
export function numberOf(type: ValueType | undefined, digits: string): number | string {
  return type === 'int32' && !INTEGER.test(digits) ? digits : Number(digits);
}
