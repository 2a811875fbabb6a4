/** Two chances, in between which a third is. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Of the normal distribution, 95 % lie within so many standard deviations of the mean. */
const Z = 1.959964;

/**
 * Between what a chance is, with 95 % confidence, of which so many of so many independent tries have come true: Wilson’s score
 * interval (Journal of the American Statistical Association 22, 1927), which holds for rare events too.
 */
export function chanceOf(count: number, tries: number): Range {
  const middle = count + (Z * Z) / 2;
  const half = Z * Math.sqrt((count * (tries - count)) / tries + (Z * Z) / 4);
  const all = tries + Z * Z;
  return { low: Math.max(0, (middle - half) / all), high: Math.min(1, (middle + half) / all) };
}

/**
 * The chance of what has not come true in so many tries is below this, with 95 % confidence: about 3 in so many (the rule of
 * three), and exact.
 */
export function chanceOfNone(tries: number): number {
  return tries === 0 ? 1 : 1 - 0.05 ** (1 / tries);
}
