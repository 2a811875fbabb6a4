import type { PhaseContent, PhaseDocument } from '../cutover/index.ts';
import type { Side } from '../live/index.ts';
import { type Goal, isSameRange } from './goal.ts';
import type { Course, State, TaskKind } from './state.ts';

/** What whoever drives a migration does next. */
export type Step =
  /** A phase was begun and not everybody is known to be in it. */
  | { readonly kind: 'settle' }
  /** Sets out on another course, under a new plan. */
  | { readonly kind: 'turn'; readonly course: Course }
  | { readonly kind: 'push'; readonly phase: PhaseContent }
  | { readonly kind: 'task'; readonly task: TaskKind }
  /** Nothing is left of the migration: it is over. */
  | { readonly kind: 'end' }
  | { readonly kind: 'reached' };

export interface Standing {
  readonly phase: Pick<PhaseDocument, 'phase' | 'settled'>;
  readonly state: State;
  readonly goal: Goal;
}

/**
 * Decides from what is written down alone, so that whoever comes after a crash decides the same. The order is that of the
 * protocol: a plan is on every partition before anything of it is done; what is born goes to the side before all is
 * brought there; a side has everything before it is used alone; partitions are given up before anything is cleaned, and
 * forgotten last of all.
 */
export function nextStep({ phase: { phase, settled }, state, goal: wanted }: Standing): Step {
  const goal = state.ending ? endOn(state.ending, wanted) : wanted;
  if (!settled) return { kind: 'settle' };
  if (state.ended) return goal.wipe && !state.wiped ? task('wipe') : REACHED;
  if (!state.course && phase.kind === 'alone' && phase.side === goal.side) return untouched(goal);
  if (!isOn(state.course, goal)) return { kind: 'turn', course: { side: goal.side, range: goal.range } };
  if (phase.kind === 'alone' && phase.side === goal.side) return endOf(phase, state, goal);
  if (phase.kind === 'alone' || phase.plan !== state.plan) {
    const born = phase.kind === 'alone' ? phase.side : phase.born;
    return push({ kind: 'managed', born, plan: state.plan });
  }
  if (goal.until === 'managed') return REACHED;
  // Before the first plan nobody can have worked for an older one.
  if (state.plan > 1 && !state.done.includes('stamp')) return task('stamp');
  if (!goal.range && phase.born !== goal.side) {
    return push({ kind: 'managed', born: goal.side, plan: state.plan });
  }
  if (!state.done.includes('bring')) return task('bring');
  if (!state.done.includes('validate') && state.usedAlone !== goal.side) return task('validate');
  if (goal.range || goal.until === 'complete') return REACHED;
  return push({ kind: 'alone', side: goal.side, clean: false });
}

/** From where clients use the side as it is. */
function endOf(phase: PhaseContent & { readonly kind: 'alone' }, { done }: State, goal: Goal): Step {
  if (goal.until === 'managed' || goal.until === 'complete') return REACHED;
  if (!done.includes('gather')) return task('gather');
  if (goal.until === 'alone') return REACHED;
  if (phase.clean) return done.includes('forget') ? { kind: 'end' } : task('forget');
  if (!done.includes('retire')) return task('retire');
  if (!done.includes('strip')) return task('strip');
  return push({ kind: 'alone', side: goal.side, clean: true });
}

/** What is half given up can only be given up. */
function endOn(side: Side, { wipe }: Goal): Goal {
  return { side, until: 'clean', range: null, wipe };
}

/** Nothing was begun: to give it up costs nothing. */
function untouched({ until }: Goal): Step {
  return until === 'clean' ? { kind: 'end' } : REACHED;
}

function isOn(course: Course | null, goal: Goal): boolean {
  return course?.side === goal.side && isSameRange(course.range, goal.range);
}

const REACHED: Step = { kind: 'reached' };

function push(phase: PhaseContent): Step {
  return { kind: 'push', phase };
}

function task(kind: TaskKind): Step {
  return { kind: 'task', task: kind };
}
