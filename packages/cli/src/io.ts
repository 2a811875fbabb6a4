import type { Clock, Random } from 'changeover/std';
import type { TextOutput } from './text-output.ts';

/** All that a run has of the world around it, so that a test can hand in its own. */
export interface Io {
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What relative paths are relative to. */
  readonly cwd: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborts when the run should stop cleanly; its reason is the error to end with. */
  readonly signal: AbortSignal;
}
