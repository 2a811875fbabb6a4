import type { Runs } from '../engine/drive.ts';

/** The same runs; somebody is told of how many there were. */
export function* told<T>(
  runs: Runs<T>,
  tell: ((seen: { readonly schedules: number }) => void) | undefined,
): Runs<T> {
  if (!tell) return yield* runs;
  for (let schedules = 0; ; schedules++) {
    const next = runs.next();
    if (next.done) return next.value;
    yield next.value;
    if (schedules % 64 === 0) tell({ schedules });
  }
}
