import type { Point } from '../engine/point.ts';
import type { Recipe } from '../engine/recipe.ts';
import { Replay } from './replay.ts';

/** A replay that halts in a debugger just before some of its steps are made. */
export class Stopping extends Replay {
  private readonly stops: ReadonlyMap<number, string>;
  private made = 0;

  /** @param stops what is said before the steps of these numbers, from 1 */
  constructor(recipe: Pick<Recipe, 'picks' | 'choices' | 'fair'>, stops: ReadonlyMap<number, string>) {
    super(recipe);
    this.stops = stops;
  }

  override begin(): boolean {
    this.made = 0;
    return super.begin();
  }

  override pick(enabled: readonly Point[]): number {
    const index = super.pick(enabled);
    const said = this.stops.get(++this.made);
    if (said !== undefined) halt(said);
    return index;
  }
}

/** Its call is what is made next: step into it from here. */
function halt(said: string): void {
  console.error(`changeover-tester: ${said}`);
  // oxlint-disable-next-line no-debugger -- this is what it is for
  debugger;
}
