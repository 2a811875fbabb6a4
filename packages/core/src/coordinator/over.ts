import { type LiveError, refuse } from '../cutover/index.ts';
import type { Goal } from './goal.ts';
import type { State } from './state.ts';

/** `LIVE_OVER` if a migration that has ended, or is being ended, cannot go there any more. */
export function overFor(name: string, { ended, ending }: State, goal: Goal): LiveError | undefined {
  const side = ended ?? ending;
  if (side === null || (goal.side === side && goal.until === 'clean')) return undefined;
  const what = side === 'target' ? 'finalized' : 'aborted';
  return ended
    ? refuse('LIVE_OVER', `the live migration ${name} was ${what}`, 'Make another one.')
    : refuse(
        'LIVE_OVER',
        `the live migration ${name} is being ${what}: some partitions are given up already`,
        `Run "changeover live ${side === 'target' ? 'finalize' : 'abort'} ${name}" until it is done.`,
      );
}
