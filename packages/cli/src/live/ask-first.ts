import type { Command } from 'commander';
import { confirm } from '../confirm.ts';
import type { Invocation } from '../invocation.ts';

/** The options of a verb that asks before it does something. */
export interface AskingOptions {
  readonly dryRun?: true;
  readonly yes?: true;
}

interface Asked {
  readonly name: string;
  /** What would be done: `take orders back to the source`. */
  readonly what: string;
  /** What a dry run tells besides, as JSON. */
  readonly facts?: object;
}

/**
 * Has a person agree, by the name of the migration; false if it is a dry run, which has told what would be done. Throws
 * `CLI_CONSENT_REQUIRED`.
 */
export async function askFirst(
  { name, what, facts = {} }: Asked,
  { dryRun, yes }: AskingOptions,
  { io, json }: Invocation,
): Promise<boolean> {
  if (dryRun) {
    if (json) json.write({ event: 'done' }, { exit: 0, dryRun: true, would: what, ...facts });
    else io.stdout.line(`This would ${what}. Nothing was changed.`);
    return false;
  }
  if (!yes) await confirm(io, { what, word: name });
  return true;
}

export function addAskingOptions(command: Command): Command {
  return command
    .option('--dry-run', 'only say what would be done')
    .option('--yes', 'agree without being asked');
}
