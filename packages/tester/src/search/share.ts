import { LOWEST, lower, type TeamMember } from './team.ts';

/** Which of the programs of an exhaustive search are run here. */
export interface Share {
  owns(at: number): boolean;
  /** Whether this one and all after it need not be run any more. */
  ends(at: number): boolean;
  /** This one failed: later ones need not be run. */
  failed(at: number): void;
}

/** All of them, until the time is up. */
export function wholeShare(timeIsUp: () => boolean): Share {
  return { owns: () => true, ends: timeIsUp, failed: () => undefined };
}

/** Every so many-th, until the time is up, and nothing after the lowest that is known to fail. */
export function shareOf({ index, count, common }: TeamMember, timeIsUp: () => boolean): Share {
  return {
    owns: (at) => at % count === index,
    ends: (at) => at > Atomics.load(common.state, LOWEST) || timeIsUp(),
    failed: (at) => lower(common.state, LOWEST, at),
  };
}

/** A function that says whether so many seconds have passed since now. */
export function timer(seconds: number | undefined): () => boolean {
  if (seconds === undefined) return () => false;
  const end = performance.now() + seconds * 1000;
  return () => performance.now() > end;
}
