import { refuse } from './errors.ts';
import type { MoveStep } from './events.ts';
import type { JobDocument } from './job.ts';

/** What a move does if no step is named. */
export const MOVE_STEPS = ['setup', 'copy', 'validate'] as const satisfies readonly MoveStep[];

export interface StepsPlan {
  /** In the order in which they are done. */
  readonly steps: readonly MoveStep[];
  /** True if an earlier run is forgotten, and the job begins at its next generation. */
  readonly startOver: boolean;
}

/**
 * Which steps a run performs, from what was asked and what an earlier run of the same job left.
 *
 * Throws `MOVE_ALREADY_COPIED` for a copy after a finished copy, and `MOVE_NOT_SET_UP` for a copy with nothing set up.
 */
export function planSteps(
  asked: readonly MoveStep[] | undefined,
  recreate: boolean,
  found: JobDocument | undefined,
): StepsPlan {
  const job = found?.abandoned ? undefined : found;
  if (!job || recreate) return fromTheBeginning(asked);
  // What was validated before there was a copy says nothing about the copy.
  const done = (step: (typeof MOVE_STEPS)[number]) =>
    job.steps[step] === 'done' && (step !== 'validate' || job.steps.copy === 'done');
  const rest = MOVE_STEPS.filter((step) => !done(step));
  if (!asked) {
    if (rest.length === 0) throw alreadyCopied(job);
    return { steps: rest, startOver: false };
  }
  const steps = inOrder(asked);
  if (steps.includes('copy') && done('copy')) throw alreadyCopied(job);
  if (steps.includes('copy') && !steps.includes('setup') && !done('setup')) throw notSetUp();
  return { steps, startOver: false };
}

function fromTheBeginning(asked: readonly MoveStep[] | undefined): StepsPlan {
  const steps = inOrder(asked ?? MOVE_STEPS);
  if (steps.includes('copy') && !steps.includes('setup')) throw notSetUp();
  return { steps, startOver: steps.includes('setup') };
}

/** A repair compares everything by itself, so that validating first would only do the same work twice. */
function inOrder(asked: readonly MoveStep[]): readonly MoveStep[] {
  const repairs = asked.includes('repair');
  return [...MOVE_STEPS, 'repair' as const].filter(
    (step) => asked.includes(step) && !(repairs && step === 'validate'),
  );
}

function alreadyCopied({ id }: JobDocument): Error {
  return refuse(
    'MOVE_ALREADY_COPIED',
    `job ${id} has copied everything already`,
    'Use --validate to compare again, --recreate to drop the target and start over, or give the job up with ' +
      `"changeover abandon ${id}" and copy over what is there with --into-existing.`,
  );
}

function notSetUp(): Error {
  return refuse('MOVE_NOT_SET_UP', 'there is nothing set up to copy into', 'Name --setup as well.');
}
