import type { Footprint } from '../engine/footprint.ts';
import type { Fault, Point } from '../engine/point.ts';
import type { Made } from './happens-before.ts';
import { Replay } from './replay.ts';

/** A step that was made, with all that it takes to make it again at another place. */
export interface Chronicled extends Made {
  /** The index of its task. */
  readonly task: number;
  /** What its chain is called, the same in every search. */
  readonly line: string;
  readonly fault: Fault | undefined;
  /** The values that were chosen while it ran. */
  readonly choices: readonly number[];
}

interface Choices {
  fault: Fault | undefined;
  readonly choices: number[];
}

/** A replay that writes down of each step what it touched and what it had to come behind. */
export class Chronicle extends Replay {
  readonly steps: Chronicled[] = [];
  /** Values that were chosen before the first step. */
  readonly opening: number[] = [];
  /** Whether another task came in between while the one before could have gone on. */
  interrupted = false;
  private current: Choices = { fault: undefined, choices: this.opening };

  override pick(enabled: readonly Point[]): number {
    this.current = { fault: undefined, choices: [] };
    const before = this.steps.at(-1)?.task;
    const index = super.pick(enabled);
    const goesOn = before === undefined || enabled[index]?.task === before;
    if (!goesOn && enabled.some(({ task }) => task === before)) this.interrupted = true;
    return index;
  }

  override fault(point: Point, faults: readonly Fault[]): Fault | undefined {
    this.current.fault = super.fault(point, faults);
    return this.current.fault;
  }

  override choose(count: number): number {
    const value = super.choose(count);
    this.current.choices.push(value);
    return value;
  }

  executed({ chain, task, due, madeIn }: Point, footprint: Footprint): void {
    this.steps.push({ chain: chain.id, line: chain.name, task, due, madeIn, footprint, ...this.current });
  }

  /** As `Exhaustive` sees it: any branch might have been the last, and have touched what follows the join. */
  joined(others: readonly number[], behind: Footprint): void {
    const last = this.steps.length;
    for (const index of [...others, last]) {
      this.steps[index - 1] = { ...(this.steps[index - 1] as Chronicled), fork: { last, behind } };
    }
  }
}
