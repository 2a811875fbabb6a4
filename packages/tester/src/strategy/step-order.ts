import { nothing } from '../engine/footprint.ts';
import { before, dependent, type Executed, type Made, stepAfter } from './happens-before.ts';

/** What keeps the steps of one schedule in their order. Steps are named by their places, from 0. */
export class StepOrder {
  private readonly steps: readonly Executed[];
  private readonly controlled: readonly Executed[];

  constructor(made: readonly Made[]) {
    this.steps = inOrder(made);
    this.controlled = inOrder(made.map((step) => ({ ...step, footprint: nothing, fork: undefined })));
  }

  get length(): number {
    return this.steps.length;
  }

  /** Whether `one` had to be before `other` in every schedule that is equivalent to this one. */
  precedes(one: number, other: number): boolean {
    return before(this.at(one), this.at(other)) || this.rangFirst(one, other);
  }

  /** Whether the code itself puts `one` before `other`: by going on, by making a call, by a timer that is due first. */
  controls(one: number, other: number): boolean {
    return (
      before(this.controlled[one] as Executed, this.controlled[other] as Executed) ||
      this.rangFirst(one, other)
    );
  }

  /** Whether the earlier of the two might have come later, and it might have made a difference. */
  races(earlier: number, later: number): boolean {
    const [one, other] = [this.at(earlier), this.at(later)];
    return one.chain !== other.chain && dependent(one, other) && !this.controls(earlier, later);
  }

  private rangFirst(one: number, other: number): boolean {
    const [{ due: first }, { due: second }] = [this.at(one), this.at(other)];
    return one < other && first !== undefined && second !== undefined && first < second;
  }

  private at(step: number): Executed {
    return this.steps[step] as Executed;
  }
}

function inOrder(made: readonly Made[]): readonly Executed[] {
  const steps: Executed[] = [];
  for (const each of made) steps.push(stepAfter(steps, each));
  return steps;
}
