import { InvalidArgumentError } from 'commander';

/** A parser for whole numbers from 1 to `maximum`; the option's name is put before its message by the caller. */
export function wholeNumber(maximum: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= 1 && number <= maximum) return number;
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${maximum}.`);
  };
}
