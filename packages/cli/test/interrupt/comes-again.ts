import { startsOver } from './cell.ts';
import { CONTROL, type Interruption } from './interruptions.ts';
import type { Moment } from './moments.ts';

/** Whether a run that goes on after an interruption comes past the same moment again. */
export function comesAgain(at: Moment, interruption: Interruption): boolean {
  // Once the move has started over there is nothing to repair.
  if (startsOver(at, interruption)) return at.step !== 'repair';
  // Rows need no control store: a copy or a repair goes on, mostly to its end, before it tells of the loss.
  if (interruption.path === CONTROL)
    return at.step === 'validate' || at.moment === 'started' || at.moment === 'all done';
  // The signal is heeded between two steps, when the copy counts as done.
  return interruption.act !== 'interrupt' || at.moment !== 'all done';
}
