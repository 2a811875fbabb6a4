/** The chance that is at most this in 95 of a hundred cases in which none of so many tries has succeeded. */
export function mostThatFail(tries: number): number {
  // About 3 / tries, and exact: the chance at which a run without success has a chance of 5 % (Clopper and Pearson, 1934).
  return 1 - 0.05 ** (1 / tries);
}
