import { RecordedDraw, type Span } from '../engine/draw.ts';
import type { Runs } from '../engine/drive.ts';
import { type Failure, sameFailure } from '../engine/failure.ts';
import { type OutsideWait, OutsideWatch } from '../engine/outside.ts';
import { mix, type Random, seededRandom } from '../engine/random.ts';
import type { Recipe } from '../engine/recipe.ts';
import { type Mode, Run } from '../engine/run.ts';
import type { Scenario } from '../engine/scenario.ts';
import { type Stage, stageFor } from '../engine/stage.ts';
import { StepOrders } from '../engine/step-orders.ts';
import type { Strategy } from '../engine/strategy.ts';
import { Trace } from '../engine/trace.ts';
import { Chronicle } from '../strategy/chronicle.ts';
import { PartialOrderSampling } from '../strategy/partial-order-sampling.ts';
import { type Plan, Reordered } from '../strategy/reordered.ts';
import { Replay } from '../strategy/replay.ts';
import { Stopping } from '../strategy/stopping.ts';
import { Turns } from '../strategy/turns.ts';
import type { ExploreOptions } from './options.ts';

/** Data for a schedule, and what it was drawn from. */
export interface Drawn {
  readonly program: unknown;
  readonly values: readonly number[];
  readonly limits: readonly number[];
  readonly spans: readonly Span[];
  /** Tells the program from others. */
  readonly identity: number;
}

/** A schedule of a search. */
export interface Sampled {
  readonly run: Run;
  readonly drawn: Drawn;
  readonly failure: Failure | undefined;
}

/** A schedule that was run again. */
export interface Followed {
  readonly run: Run;
  readonly drawn: Drawn;
  readonly replay: Replay;
  readonly recipe: Recipe;
}

export interface Rerun extends Followed {
  readonly trace: Trace;
}

export interface Watched extends Rerun {
  /** What the code under test waited for outside of control when the schedule was over. */
  readonly outside: readonly OutsideWait[];
}

/** A recipe's program that was run under a strategy. */
export interface Under<S> {
  readonly run: Run;
  readonly drawn: Drawn;
  readonly strategy: S;
}

/** Makes runs of one scenario in the ways that a search needs. */
export class Laboratory {
  readonly scenario: Scenario<unknown, unknown>;
  readonly stage: Stage;
  private readonly seed: number;
  /** Whether the orders of the steps of its samples are of interest. */
  private readonly ordered: boolean;
  /** Set by the first schedule whose program is not plain: the others are likely to be like it. */
  private plain = true;

  constructor(stage: Stage, seed: number, ordered: boolean) {
    this.ordered = ordered;
    this.scenario = stage.scenario;
    this.stage = stage;
    this.seed = seed;
  }

  draw(given: readonly number[], random?: Random): Drawn {
    const draw = new RecordedDraw(given, random);
    const program = this.scenario.program?.(draw);
    return {
      program,
      values: draw.values,
      limits: draw.limits,
      spans: draw.spans,
      identity: draw.values.reduce(mix, 0),
    };
  }

  /** The program of a schedule of a search follows from the seed and the schedule's number alone. */
  drawFor(schedule: number): Drawn {
    return this.draw([], this.scenario.program && seededRandom(mix(mix(this.seed, 0xd4a3), schedule)));
  }

  seedOf(schedule: number): number {
    return mix(this.seed, schedule) & 0xffff;
  }

  /** Runs a schedule as fast as the program allows: swiftly if it is plain, once more and carefully if not, or if it fails. */
  *sample(strategy: Strategy, schedule: number): Runs<Sampled> {
    const drawn = this.drawFor(schedule);
    const inMode = (mode: Mode) => {
      strategy.begin(schedule);
      const { program, identity } = drawn;
      const options = { program, identity, strategy, seed: this.seedOf(schedule), mode };
      return new Run(this.stage, this.ordered ? { ...options, orders: new StepOrders() } : options);
    };
    const swift = inMode(this.plain ? 'swift' : 'careful');
    yield swift;
    if (!this.plain || (!swift.surprised && !swift.failure))
      return { run: swift, drawn, failure: swift.failure };
    const careful = inMode('careful');
    yield careful;
    this.plain = !swift.surprised;
    if (careful.failure || swift.surprised) return { run: careful, drawn, failure: careful.failure };
    // Either being swift makes the difference, and does so again, or something is not under control.
    const again = inMode('swift');
    yield again;
    this.plain = false;
    const failure = sameFailure(again.failure, swift.failure)
      ? undefined
      : unsteady(swift.failure as Failure);
    return { run: careful, drawn, failure };
  }

  /** Looks for a schedule of a program that fails in the same way. */
  *tryAnew({ draws, seed }: Recipe, wanted: Failure, schedules: number): Runs<Recipe | undefined> {
    const drawn = this.draw(draws);
    const strategy = new PartialOrderSampling(seed);
    for (let schedule = 0; schedule < schedules; schedule++) {
      strategy.begin(schedule);
      const run = new Run(this.stage, { program: drawn.program, strategy, mode: 'careful', seed });
      yield run;
      if (sameFailure(run.failure, wanted)) {
        return { draws, seed, picks: run.picks, choices: run.choices, fair: true };
      }
    }
    return undefined;
  }

  /** Runs a schedule again, as far as it can be followed, and writes down what happens. */
  *again(recipe: Recipe): Runs<Rerun> {
    const followed = yield* this.follow(recipe, true);
    return { ...followed, trace: followed.run.options.trace as Trace };
  }

  /** Likewise, and looks out for what it waits for outside of control: slow. */
  *againWatched(recipe: Recipe): Runs<Watched> {
    const watch = new OutsideWatch();
    watch.start();
    const rerun = yield* this.again(recipe);
    return { ...rerun, outside: watch.stop() };
  }

  /** Likewise, and writes down what its steps touch and come behind. */
  *chronicle(recipe: Recipe): Runs<Under<Chronicle>> {
    return yield* this.under(recipe, () => new Chronicle(recipe));
  }

  /** Runs a schedule again, and halts in a debugger before some of its steps. */
  *halting(recipe: Recipe, stops: ReadonlyMap<number, string>): Runs<Under<Stopping>> {
    return yield* this.under(recipe, () => new Stopping(recipe, stops));
  }

  /** Makes the steps of a schedule in another order, as far as that can be. */
  *reorder(recipe: Recipe, plan: Plan): Runs<Under<Reordered>> {
    return yield* this.under(recipe, () => new Reordered(plan));
  }

  /** Makes the steps of a schedule, with no task interrupted. */
  *inTurns(recipe: Recipe, plan: Plan, order: readonly number[]): Runs<Under<Turns>> {
    return yield* this.under(recipe, () => new Turns(plan, order));
  }

  /** Runs a schedule again, as far as it can be followed. The recipe that it gives is the one of what was really run. */
  *follow(recipe: Recipe, traced = false): Runs<Followed> {
    const { run, drawn, strategy: replay } = yield* this.under(recipe, () => new Replay(recipe), traced);
    const picks = run.picks.slice(0, replay.needed);
    const { seed, fair } = recipe;
    return { run, drawn, replay, recipe: { draws: drawn.values, seed, picks, choices: run.choices, fair } };
  }

  /**
   * Runs a recipe's program under a strategy.
   *
   * Not carefully as long as the program is plain: once contexts were followed, Node's promises are slower for good.
   */
  private *under<S extends Strategy>(
    { draws, seed }: Recipe,
    strategyOf: () => S,
    traced = false,
  ): Runs<Under<S>> {
    const drawn = this.draw(draws);
    const inMode = (mode: Mode) => {
      const strategy = strategyOf();
      strategy.begin(0);
      const options = { program: drawn.program, strategy, mode, seed };
      return {
        drawn,
        strategy,
        run: new Run(this.stage, traced ? { ...options, trace: new Trace() } : options),
      };
    };
    const made = inMode(this.plain ? 'steady' : 'careful');
    yield made.run;
    if (!made.run.surprised) return made;
    this.plain = false;
    const again = inMode('careful');
    yield again.run;
    return again;
  }
}

function unsteady({ kind, message, step }: Failure): Failure {
  return {
    kind: 'nondeterminism',
    message: `the same schedule failed once, and passed once: ${kind}: ${message}`,
    step,
  };
}

export function laboratoryFor(
  scenario: Scenario<unknown, unknown>,
  {
    maxSteps,
    fairAfter,
    audit,
    coverage = false,
  }: Pick<ExploreOptions, 'maxSteps' | 'fairAfter' | 'audit' | 'coverage'>,
  seed: number,
): Laboratory {
  const stage = stageFor(scenario, {
    ...(maxSteps === undefined ? {} : { maxSteps }),
    ...(fairAfter === undefined ? {} : { fairAfter }),
    auditing: audit ?? false,
  });
  return new Laboratory(stage, seed, coverage);
}
