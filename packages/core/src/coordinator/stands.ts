import type { ControlStore } from '../control/index.ts';
import { type Found, findPhase, LiveError, type PhaseDocument } from '../cutover/index.ts';
import { findGoal, type Goal } from './goal.ts';
import { nextStep, type Step } from './next-step.ts';
import { overFor } from './over.ts';
import { findState, type Hold, type State } from './state.ts';

/** What is written down of a migration, and what comes next. */
export interface Stands {
  readonly phase: Found<PhaseDocument>;
  readonly state: Found<State>;
  readonly goal: Found<Goal>;
  readonly step: Step;
}

/** Looks where a migration stands. Asks the control store alone. */
export async function findStands(control: ControlStore, name: string): Promise<Stands> {
  const goal = await findGoal(control, name);
  const state = await findState(control, name);
  const phase = await findPhase(control, name);
  return { goal, state, phase, step: nextStep({ phase: phase.value, state: state.value, goal }) };
}

/**
 * Whether a migration has come to its goal: for who drives it, and who waits for that. Throws what holds it up, and
 * `LIVE_OVER` if it has come to its end instead.
 */
export function isReached(name: string, { goal, state, step }: Stands): boolean {
  const { hold } = state.value;
  if (hold?.goal === goal.revision) throw held(hold);
  if (step.kind !== 'reached') return false;
  const over = overFor(name, state.value, goal.value);
  if (over) throw over;
  return true;
}

function held({ code, message }: Hold): LiveError {
  return new LiveError(code, message, {
    effect: 'none',
    hint:
      code === 'LIVE_DIFFERENT'
        ? 'Nothing was switched. Look at the rows, or roll back; starting again compares anew.'
        : 'Mend what is wrong, and start again: it goes on where it stood.',
  });
}
