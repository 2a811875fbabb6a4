/** All that makes a schedule happen again. */
export interface Recipe {
  /** What the program was drawn from. */
  readonly draws: readonly number[];
  /** The seed of what the code under test draws. */
  readonly seed: number;
  readonly picks: readonly number[];
  readonly choices: readonly number[];
  /** Whether everyone got their turn once the schedule had become long. */
  readonly fair: boolean;
}
