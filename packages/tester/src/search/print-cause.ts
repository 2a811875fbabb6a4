import type { Cause, CauseStep, Race } from './cause.ts';
import { cell, number, plural } from './phrases.ts';

/** More pairs than this say the same again. */
const MOST_RACES = 3;

/** The cause for people, and how sure of it they may be. */
export function printCause(cause: Cause): string[] {
  const { races, faults, tried, untried } = cause;
  const more = races.length - MOST_RACES;
  const found = [...faults.map(printFault), ...races.slice(0, MOST_RACES).map(printRace)];
  return [
    ...found.flatMap(([head, ...steps], at) => [`${at === 0 ? 'cause' : '  and'}: ${head}`, ...steps]),
    ...(more > 0 ? [`  and: ${plural(more, 'more pair')} of steps`] : []),
    ...(found.length === 0 ? [`cause: ${withoutCause(cause)}`] : []),
    ...(untried > 0 ? [`${plural(tried, 'pair')} of steps tried, and ${number(untried)} not`] : []),
  ];
}

export function withoutCause({ tried }: Cause): string {
  if (tried === 0) return 'no order of two steps, since none of them could have come the other way round';
  return `no single pair of steps: ${plural(tried, 'reversal')} tried, and it failed each time`;
}

function printFault(step: CauseStep): string[] {
  return [`step ${step.step} met a fault; without that, it passes`, ...printStep(step)];
}

function printRace({ first, second }: Race): string[] {
  return [
    `step ${first.step} came before step ${second.step}; the other way round, it passes`,
    ...printStep(first),
    ...printStep(second),
  ];
}

function printStep(step: CauseStep): string[] {
  const { task, footprint, at, calledFrom } = step;
  return [
    `${String(step.step).padStart(4)} ${task}: ${cell(step)}`,
    `       ${footprint}`,
    ...(at === undefined ? [] : [`       at ${at}`]),
    ...(calledFrom === undefined ? [] : [`       called from ${calledFrom}`]),
  ];
}
