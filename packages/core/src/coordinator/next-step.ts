import type { Found, PhaseContent, PhaseDocument } from '../cutover/index.ts';
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
  /** Has the retired table get out of the way. */
  | { readonly kind: 'rename' }
  | { readonly kind: 'reached' };

export interface Standing {
  readonly phase: Pick<PhaseDocument, 'phase' | 'settled'>;
  readonly state: State;
  readonly goal: Found<Goal>;
}

/**
 * Decides from what is written down alone, so that whoever comes after a crash decides the same. The order is that of the
 * protocol: a plan is on every partition before anything of it is done; what is born goes to the side before all is
 * brought there; a side has everything before it is used alone; partitions are given up before anything is cleaned, and
 * forgotten last of all.
 */
export function nextStep({ phase: { phase, settled }, state, goal: wanted }: Standing): Step {
  const over = state.ended ?? state.ending;
  const goal = over ? endOn(over, wanted.value) : wanted.value;
  if (!settled) return { kind: 'settle' };
  if (state.ended) return retirement(state, goal, wanted.revision);
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

/** What is half given up can only be given up. Who wanted the other table retired has said nothing of this one. */
function endOn(side: Side, wanted: Goal): Goal {
  const retired = wanted.side === side ? wanted.retired : 'kept';
  return { side, until: 'clean', range: null, retired };
}

/** First out of the way, so that nobody can take what is wiped for a table without rows. */
function retirement({ retired, wiped }: State, goal: Goal, revision: number): Step {
  if (retired?.kind === 'renaming') return { kind: 'rename' };
  const isDecided = retired?.kind === 'renamed' || (retired?.kind === 'kept' && retired.goal === revision);
  if (goal.retired !== 'kept' && !isDecided) return { kind: 'rename' };
  return goal.retired === 'wiped' && !wiped ? task('wipe') : REACHED;
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
