import type { Runs } from '../engine/drive.ts';
import { type Failure, sameFailure } from '../engine/failure.ts';
import type { TracedOperation } from '../engine/operation-spans.ts';
import type { TraceStep } from '../engine/trace.ts';
import { type Cause, seekCause } from './cause.ts';
import type { Failing } from './failing.ts';
import { inCanonicalOrder } from './in-canonical-order.ts';
import type { Laboratory, Watched } from './laboratory.ts';
import { Shrinker, type Shrunk, sizeOf } from './shrink.ts';
import { encodeToken } from './token.ts';

/** A failing schedule, made as small as it could be, with all that a reader needs. */
export interface Found {
  readonly failure: Failure;
  /** Which schedule of the search, or which program of a proof, from 0; undefined if it came from a token. */
  readonly schedule: number | undefined;
  readonly program: unknown;
  readonly tasks: readonly string[];
  readonly trace: readonly TraceStep[];
  /** What the scenario shows of its world before the first step. */
  readonly opening: string | undefined;
  /** Of all histories, in the order of invocation. */
  readonly operations: readonly TracedOperation[];
  readonly token: string;
  readonly shrunk: Omit<Shrunk, 'recipe'> | undefined;
  /** So many preemptions it takes: no schedule of any program fails with fewer. Undefined if that was not searched. */
  readonly preemptions: number | undefined;
  /** What it comes from; undefined where it was not looked for. */
  readonly cause: Cause | undefined;
}

/**
 * Runs a failing schedule again, to see that it fails again and to write down how, shrinks it, puts it in order and
 * looks for its cause. What does not fail twice is a failure too: something is not under control.
 */
export function* examine(
  laboratory: Laboratory,
  { failure, recipe, at: place, program, preemptions }: Failing,
  maxReplays: number,
): Runs<Found> {
  const at = { number: program ?? place, preemptions };
  const maxPreemptions = preemptions ?? Number.POSITIVE_INFINITY;
  const first = yield* laboratory.againWatched(recipe);
  // What goes otherwise each time cannot be shrunk.
  if (failure.kind === 'nondeterminism') return report(laboratory, first, failure, at);
  if (!sameFailure(first.run.failure, failure))
    return report(laboratory, first, otherwise(failure, first), at);
  if (maxReplays === 0) return report(laboratory, first, outsideNamed(first), at);
  const limits = { maxReplays, maxPreemptions };
  const shrunk = yield* new Shrinker(laboratory, failure, first, limits).shrink();
  const ordered = yield* inCanonicalOrder(laboratory, failure, shrunk.recipe, maxPreemptions);
  const last = yield* laboratory.againWatched(ordered);
  if (!sameFailure(last.run.failure, failure))
    return report(laboratory, last, otherwise(failure, last), at, shrunk);
  const cause = yield* seekCause(laboratory, last);
  return report(laboratory, last, outsideNamed(last), at, { ...shrunk, to: sizeOf(last), cause });
}

/** A schedule that is stuck because of something outside of control is no deadlock. */
export function outsideNamed({ run, outside }: Watched): Failure {
  const failure = run.failure as Failure;
  if (failure.kind !== 'deadlock' || outside.length === 0) return failure;
  const waits = outside.map(({ type, at }) => `${type}, made at ${at}`);
  return {
    ...failure,
    kind: 'uncontrolled',
    message: `${failure.message}; something outside of control is waited for: ${waits.join('; ')}`,
  };
}

function otherwise(expected: Failure, { run, replay }: Watched): Failure {
  const now = run.failure ? `${run.failure.kind}: ${run.failure.message}` : 'no failure';
  return {
    kind: 'nondeterminism',
    message: `the same schedule, run again, went otherwise: ${now}; before: ${expected.kind}: ${expected.message}`,
    step: replay.divergence?.step ?? run.steps,
    details: replay.divergence ? [`step ${replay.divergence.step + 1}: ${replay.divergence.message}`] : [],
  };
}

function report(
  { scenario }: Laboratory,
  { run, trace, drawn, recipe }: Watched,
  failure: Failure,
  at: { readonly number: number; readonly preemptions: number | undefined },
  shrunk?: Shrunk & { readonly cause?: Cause | undefined },
): Found {
  return {
    failure,
    schedule: at.number,
    preemptions: at.preemptions,
    program: drawn.program,
    tasks: run.tasks.map(({ name }) => name),
    trace: trace.steps,
    opening: trace.opening,
    operations: trace.operations.all(),
    token: encodeToken(testOf(scenario), recipe, trace.steps),
    shrunk: shrunk && { replays: shrunk.replays, from: shrunk.from, to: shrunk.to },
    cause: shrunk?.cause,
  };
}

/** What a token is bound to. */
export function testOf({ name, version }: { readonly name: string; readonly version?: string }): string {
  return version === undefined ? name : `${name}@${version}`;
}
