import { Fingerprint } from './fingerprint.ts';
import type { Scenario } from './scenario.ts';

export interface Limits {
  /** After so many steps a schedule is given up, and has failed. */
  readonly maxSteps: number;
  /** After so many steps everyone gets their turn, so that what does not end then is no matter of unfairness. */
  readonly fairAfter: number;
}

/** What stays the same over all schedules of a search. */
export interface Stage extends Limits {
  readonly scenario: Scenario<unknown, unknown>;
  readonly auditing: boolean;
  /** Numbers for the chains that are not the first of their task. */
  readonly chainIds: Map<string, number>;
  /** One for all schedules, which run one after the other. */
  readonly fingerprint: Fingerprint;
}

export function stageFor(
  scenario: Scenario<unknown, unknown>,
  {
    maxSteps = 10_000,
    fairAfter = maxSteps / 2,
    auditing = false,
  }: Partial<Limits & { auditing: boolean }> = {},
): Stage {
  return {
    scenario,
    maxSteps,
    fairAfter,
    auditing,
    chainIds: new Map(),
    fingerprint: new Fingerprint(),
  };
}
