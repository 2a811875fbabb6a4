import type { Cause, CauseStep, Race } from './cause.ts';
import { cell, number, plural } from './phrases.ts';
import type { Turn } from './taking-turns.ts';

/** More pairs than this say the same again. */
const MOST_RACES = 3;

/** The cause for people, and how sure of it they may be. */
export function printCause(cause: Cause): string[] {
  const { races, faults, tried, untried } = cause;
  const more = races.length - MOST_RACES;
  const turns = sayTurns(cause);
  const found = [
    ...(turns === undefined ? [] : [[turns]]),
    ...faults.map(printFault),
    ...races.slice(0, MOST_RACES).map(printRace),
  ];
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

/** That no task need be interrupted, if that is so, and where it is known what each has to come behind. */
export function sayTurns({ turns: { turns, tried, failing }, races, faults }: Cause): string | undefined {
  if (failing.length === tried) {
    if (tried === 1 && faults.length > 0) return undefined;
    const [only = []] = failing;
    return tried === 1
      ? `no order is needed: it fails when ${only.join()} runs alone`
      : `no order is needed: it fails in each of ${number(tried)} orders of whole tasks, one after the other`;
  }
  if (turns && turns.length > 1)
    return `no task is interrupted between its steps: it fails when ${sayWho(turns, races)}`;
  const [order] = failing;
  return (
    order &&
    `no task need be interrupted: it fails as well with each going on as long as it can, in the order ${order.join(', ')}`
  );
}

function sayWho(turns: readonly Turn[], races: readonly Race[]): string {
  const turnOf = ({ step }: CauseStep) => turns.find(({ from, to }) => from <= step && step <= to);
  const among = (steps: readonly CauseStep[]) =>
    turns.filter((turn) => steps.some((step) => turnOf(step) === turn));
  const seconds = among(races.map(({ second }) => second));
  const firsts = among(races.map(({ first }) => first)).filter((turn) => !seconds.includes(turn));
  const [alone] = seconds;
  if (alone && seconds.length === 1 && firsts.length > 0) {
    return `${sayTurn(alone, ' runs alone')} behind ${firsts.map((turn) => sayTurn(turn)).join(', ')}`;
  }
  const all =
    seconds.length > 0 ? turns.filter((turn) => firsts.includes(turn) || seconds.includes(turn)) : turns;
  return `these take turns: ${all.map((turn) => sayTurn(turn)).join(', ')}`;
}

function sayTurn({ task, from, to }: Turn, does = ''): string {
  return `${task}${does} (${from === to ? `step ${from}` : `steps ${from} to ${to}`})`;
}

function printFault(step: CauseStep): string[] {
  return [`step ${step.step} met a fault; without that, it passes`, ...printStep(step)];
}

/** What has to be otherwise for it to pass. */
export function sayOtherwise({ second, whole }: Race): string {
  return whole
    ? `behind all that ${second.task} does from there, it passes`
    : 'the other way round, it passes';
}

function printRace(race: Race): string[] {
  const { first, second } = race;
  return [
    `step ${first.step} came before step ${second.step}; ${sayOtherwise(race)}`,
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
