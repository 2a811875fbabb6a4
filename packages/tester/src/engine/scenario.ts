import type { Draw } from './draw.ts';
import type { Footprint } from './footprint.ts';
import type { Scope } from './scope.ts';
import type { TaskBody } from './task.ts';

/** How often each fault may happen in one schedule. `crash` counts both ways of crashing. */
export interface FaultBudget {
  readonly before?: number;
  readonly after?: number;
  readonly duplicate?: number;
  readonly crash?: number;
}

/**
 * A condition that must hold after every step. Without `reads`, the reduction takes it to look at everything: then steps
 * that write are never taken to be independent.
 */
export type Condition<World> =
  | ((world: World) => boolean | void)
  | { readonly reads: Footprint; holds(world: World): boolean | void };

/**
 * What is tested. Everything that a schedule needs is made anew by `setup`: no state may outlive it.
 *
 * @typeParam World what tasks share
 * @typeParam Program what the tasks shall do, as data
 */
export interface Scenario<World, Program = undefined> {
  readonly name: string;
  /** Part of each token. Change it when old tokens no longer mean anything. */
  readonly version?: string;
  /** Draws what the tasks shall do, up front, so that it can be shrunk apart from the schedule. */
  program?(draw: Draw): Program;
  setup(scope: Scope, program: Program): World | Promise<World>;
  /** The tasks by name; they start in this order, each up to its first call. */
  tasks(world: World, program: Program): Readonly<Record<string, TaskBody>>;
  readonly always?: Readonly<Record<string, Condition<World>>>;
  /** What must come to hold when the tasks are done and everyone else gets their turn. */
  readonly eventually?: Readonly<Record<string, (world: World) => boolean>>;
  /** Throws if what the tasks have left behind is wrong. Calls are not parked here. */
  atEnd?(world: World, program: Program): void | Promise<void>;
  /**
   * What the world looks like, for whoever reads a report: any value. Called between the steps of schedules that are written
   * down, such as one that failed, and of no others. It must change nothing, and make no calls.
   */
  show?(world: World): unknown;
  readonly faults?: FaultBudget;
}
