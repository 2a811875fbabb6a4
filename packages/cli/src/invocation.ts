import type { Io } from './io.ts';
import { JsonLines } from './output/json-lines.ts';

/** One run of the command: its world, and where its events go with `--json`. */
export interface Invocation {
  readonly io: Io;
  /** Undefined without `--json`. */
  readonly json: JsonLines | undefined;
}

/** `--json` is looked for by hand, since the arguments may not parse, and that too must be told as JSON. */
export function invocationOf(argv: readonly string[], io: Io): Invocation {
  return { io, json: argv.includes('--json') ? new JsonLines(io.stdout, io.clock) : undefined };
}
