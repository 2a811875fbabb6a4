import type { Cause } from './cause.ts';

/** A step before which a replay stops, and what is said of it then. */
export type Stops = ReadonlyMap<number, string>;

/** The steps of the cause, by their numbers from 1: each with whose it is, and what it races with. */
export function stopsOf({ races, faults }: Cause): Stops {
  const stops = new Map<number, string>();
  const add = (step: number, task: string, label: string, why: string) => {
    const before = stops.get(step);
    stops.set(step, before ? `${before}; ${why}` : `before step ${step} of ${task}, ${label}: ${why}`);
  };
  for (const { step, task, label, fault } of faults) add(step, task, label, `it meets the fault "${fault}"`);
  for (const { first, second } of races) {
    add(
      first.step,
      first.task,
      first.label,
      `it comes before step ${second.step} of ${second.task}, ${second.label}`,
    );
    add(
      second.step,
      second.task,
      second.label,
      `it comes behind step ${first.step} of ${first.task}, ${first.label}`,
    );
  }
  return stops;
}
