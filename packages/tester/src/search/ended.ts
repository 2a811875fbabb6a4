import type { ProveOptions } from './options.ts';

/**
 * What ended a search: a schedule that failed, the number of schedules, the time, that hardly any new traces came, or that
 * everything was tried.
 */
export type Ended = 'failed' | 'schedules' | 'seconds' | 'saturation' | 'complete';

/** What ended an exhaustive search, of which so many schedules were run (by one thread). */
export function endOfProof(
  { schedules: most = Number.POSITIVE_INFINITY }: ProveOptions,
  proved: {
    readonly failing: unknown;
    readonly coverage: { readonly complete: boolean };
    readonly schedules: number;
  },
): Ended {
  if (proved.failing) return 'failed';
  if (proved.coverage.complete) return 'complete';
  return proved.schedules >= most ? 'schedules' : 'seconds';
}
