import type { Transcript } from './workplace.ts';

/** The events that a run with `--json` printed. */
export function eventsOf({ stdout }: Pick<Transcript, 'stdout'>): readonly Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
