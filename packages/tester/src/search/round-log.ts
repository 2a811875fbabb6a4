import { LARGEST } from './round.ts';

/** What is counted of a schedule. */
export interface Counted {
  readonly steps: number;
  readonly fingerprint: number;
  readonly abandoned: boolean;
}

/**
 * What the schedules of a round came to, by their place in it. Each thread writes where its schedules have their place, and
 * when all have met, each reads all of it, in the same order. While some still read, others may write the next round.
 */
export class RoundLog {
  private readonly words: Int32Array;

  constructor(words: Int32Array) {
    this.words = words;
  }

  write(round: number, place: number, { steps, fingerprint, abandoned }: Counted): void {
    const at = addressOf(round, place);
    this.words[at] = round + 1;
    this.words[at + 1] = abandoned ? ABANDONED : steps;
    this.words[at + 2] = fingerprint;
  }

  /** Undefined if the schedule was not run. */
  read(round: number, place: number): Counted | undefined {
    const at = addressOf(round, place);
    if (this.words[at] !== round + 1) return undefined;
    const steps = this.words[at + 1] as number;
    const abandoned = steps === ABANDONED;
    return { steps: abandoned ? 0 : steps, abandoned, fingerprint: this.words[at + 2] as number };
  }
}

const FIELDS = 3;
const ABANDONED = -1;

/** Of two rounds. */
export const LOG_WORDS = 2 * LARGEST * FIELDS;

function addressOf(round: number, place: number): number {
  return ((round % 2) * LARGEST + place) * FIELDS;
}
