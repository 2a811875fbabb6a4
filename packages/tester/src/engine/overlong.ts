import type { Failure } from './failure.ts';
import type { Stage } from './stage.ts';

/** What it means that a schedule is not over after all the steps that it may have. */
export function overlong(
  { maxSteps, fairAfter }: Stage,
  seen: {
    /** Whether everyone got their turn in the second part. */
    readonly fair: boolean;
    readonly unfinished: readonly string[];
    /** The step at which something was last completed. */
    readonly progressAt: number;
    readonly missing: string | undefined;
  },
): Pick<Failure, 'kind' | 'message'> {
  const names = seen.unfinished.join(', ');
  if (!seen.fair)
    return { kind: 'step-limit', message: `not over after ${maxSteps} steps; unfinished: ${names}` };
  const turns = `in ${maxSteps - fairAfter} steps in which everyone got their turn`;
  if (seen.unfinished.length === 0 && seen.missing !== undefined) {
    return { kind: 'eventually', message: `"${seen.missing}" did not come ${turns}` };
  }
  if (seen.progressAt >= fairAfter) {
    return { kind: 'starvation', message: `others got on, but not ${names}, ${turns}` };
  }
  return { kind: 'livelock', message: `nobody got on ${turns}; unfinished: ${names}` };
}
