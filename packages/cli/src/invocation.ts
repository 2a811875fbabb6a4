import type { Io } from './io.ts';
import type { JsonLines } from './output/json-lines.ts';

/** One run of the command: its world, and where its events go with `--json`. */
export interface Invocation {
  readonly io: Io;
  /** Undefined without `--json`. */
  readonly json: JsonLines | undefined;
}
