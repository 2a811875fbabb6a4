import { decodePick, indexOfPick } from '../engine/pick-code.ts';
import type { Fault, Point } from '../engine/point.ts';
import type { Recipe } from '../engine/recipe.ts';
import type { Strategy } from '../engine/strategy.ts';

/** Where a schedule could not be followed. */
export interface Divergence {
  /** The step, from 0. */
  readonly step: number;
  readonly message: string;
}

/**
 * The choices of an earlier schedule. Where they cannot be followed, because something has changed, it says so, and goes
 * on as it was: with the task that ran last if that can go on, else with the first.
 */
export class Replay implements Strategy {
  readonly name = 'replay';
  /** As it was when the schedule was found: what is to be the same must end in the same way. */
  readonly fair: boolean;
  divergence: Divergence | undefined;
  /** How often another line of control went on than the one before, which could have. */
  preemptions = 0;
  private readonly picks: readonly number[];
  private readonly choices: readonly number[];
  private step = 0;
  private chosen = 0;
  private wanted: Fault | undefined;
  private last = -1;
  private lastChain = -1;
  private lastNeeded = -1;

  constructor({ picks, choices, fair }: Pick<Recipe, 'picks' | 'choices' | 'fair'>) {
    this.fair = fair;
    this.picks = picks;
    this.choices = choices;
  }

  begin(): boolean {
    this.step = 0;
    this.chosen = 0;
    this.last = -1;
    this.lastChain = -1;
    this.preemptions = 0;
    this.lastNeeded = -1;
    this.divergence = undefined;
    return true;
  }

  pick(enabled: readonly Point[]): number {
    const code = this.picks[this.step++];
    this.wanted = undefined;
    const index = code === undefined ? -1 : this.follow(enabled, code);
    const byItself = this.goOn(enabled);
    const chosen = index >= 0 ? index : byItself;
    if (chosen !== byItself || this.wanted) this.lastNeeded = this.step - 1;
    const { task, chain } = enabled[chosen] as Point;
    const couldGoOn = () => enabled.some((point) => point.chain.id === this.lastChain);
    if (chain.id !== this.lastChain && couldGoOn()) this.preemptions++;
    this.last = task;
    this.lastChain = chain.id;
    return chosen;
  }

  fault(point: Point, faults: readonly Fault[]): Fault | undefined {
    const { wanted } = this;
    if (wanted && !faults.includes(wanted))
      this.diverged(`${point.label()} cannot meet the fault "${wanted}"`);
    return wanted && faults.includes(wanted) ? wanted : undefined;
  }

  choose(count: number): number {
    return Math.min(this.choices[this.chosen++] ?? 0, count - 1);
  }

  /** How many of the choices it takes: the rest of the schedule follows without being told. */
  get needed(): number {
    return this.lastNeeded + 1;
  }

  private follow(enabled: readonly Point[], code: number): number {
    const pick = decodePick(code);
    const index = indexOfPick(enabled, pick);
    this.wanted = index >= 0 ? pick.fault : undefined;
    if (index < 0) {
      const labels = enabled.map((point) => `${point.chain.life.task.name}: ${point.label()}`);
      this.diverged(`task ${pick.task} was to go on, and cannot; those that can: ${labels.join(', ')}`);
    }
    return index;
  }

  private goOn(enabled: readonly Point[]): number {
    return Math.max(
      0,
      enabled.findIndex((point) => point.task === this.last),
    );
  }

  private diverged(message: string): void {
    this.divergence ??= { step: this.step - 1, message };
  }
}
