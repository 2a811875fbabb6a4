import type { Command } from 'commander';
import type { CommonOptions } from '../common-options.ts';
import { LIMITS } from '../limits.ts';
import { wholeNumber } from '../number-option.ts';

/** What every verb takes that brings a migration somewhere. */
export interface DrivingOptions extends CommonOptions {
  readonly threads: number;
  /** A shell command. */
  readonly healthCheck?: string;
}

export function addThreads(command: Command): Command {
  return command.option('--threads <number>', 'parts in flight', wholeNumber(LIMITS.threads), 4);
}
