import type { Runs } from '../engine/drive.ts';
import type { Failure } from '../engine/failure.ts';
import type { TracedOperation } from '../engine/operation-spans.ts';
import type { TraceStep } from '../engine/trace.ts';
import { type Cause, seekCause } from './cause.ts';
import { type Found, outsideNamed } from './examine.ts';
import type { Laboratory } from './laboratory.ts';
import { HASHED_STEPS, stepHash, type Token } from './token.ts';

/** What became of a schedule that was run again from its token. */
export interface Replayed {
  readonly failure: Failure | undefined;
  readonly program: unknown;
  readonly tasks: readonly string[];
  readonly trace: readonly TraceStep[];
  /** What the scenario shows of its world before the first step. */
  readonly opening: string | undefined;
  /** Of all histories, in the order of invocation. */
  readonly operations: readonly TracedOperation[];
  /** Where the run parted from the one that the token is of, if it did: the code has changed since. */
  readonly divergence: { readonly step: number; readonly message: string } | undefined;
  /** What the failure comes from; undefined if there is none, or it was not to be looked for. */
  readonly cause: Cause | undefined;
}

/**
 * @param options.withCause whether to look for the cause if it fails
 * @param options.expected who called what, if that is known beyond the token's hashes
 */
export function* replayToken(
  laboratory: Laboratory,
  token: Token,
  {
    withCause,
    expected,
  }: { withCause: boolean; expected?: readonly Pick<TraceStep, 'task' | 'label'>[] | undefined },
): Runs<Replayed> {
  const rerun = yield* laboratory.againWatched(token);
  const { run, trace, drawn, replay } = rerun;
  const looks = withCause && run.failure !== undefined && run.failure.kind !== 'nondeterminism';
  return {
    failure: run.failure ? outsideNamed(rerun) : undefined,
    program: drawn.program,
    tasks: run.tasks.map(({ name }) => name),
    trace: trace.steps,
    opening: trace.opening,
    operations: trace.operations.all(),
    divergence: parted(token, trace.steps, expected) ?? replay.divergence,
    cause: looks ? yield* seekCause(laboratory, rerun) : undefined,
  };
}

/** A replayed schedule that fails, as what a search has found. */
export function foundAgain(replayed: Replayed, failure: Failure, token: string): Found {
  const { divergence: _, ...rest } = replayed;
  return { ...rest, failure, token, schedule: undefined, shrunk: undefined, preemptions: undefined };
}

function parted(
  token: Token,
  trace: readonly TraceStep[],
  expected: readonly Pick<TraceStep, 'task' | 'label'>[] | undefined,
): Replayed['divergence'] {
  const length = Math.min(Math.max(token.steps.length, trace.length), HASHED_STEPS);
  for (let step = 0; step < length; step++) {
    const now = trace[step];
    if (now && stepHash(now) === token.steps[step]) continue;
    const wanted = expected?.[step];
    const was = wanted
      ? `${wanted.task}: ${wanted.label}`
      : step < token.steps.length
        ? 'another call'
        : 'the end';
    const is = now ? `${now.task}: ${now.label}` : 'the end';
    return { step, message: `step ${step + 1} was ${was}, and is now ${is}` };
  }
  return undefined;
}
