import { formatControlUrl } from '@changeover/stores';
import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { readConfig } from './read-config.ts';

/** What a config gives any verb that has the option. */
const DEFAULTS = ['threads', 'batchRows', 'rate'] as const;

/**
 * Before a verb runs: reads the file of `--config`, hands what it says to the verb's options that were not given, and
 * puts what was read in the place of the file's name.
 */
export async function applyConfig(command: Command, { cwd, env }: Pick<Io, 'cwd' | 'env'>): Promise<void> {
  const file: unknown = command.opts()['config'];
  if (typeof file !== 'string') return;
  const config = await readConfig(file, cwd);
  const offer = (option: string, value: unknown) => {
    const known = command.options.some((each) => each.attributeName() === option);
    if (!known || value === undefined || command.getOptionValueSource(option) === 'cli') return;
    command.setOptionValueWithSource(option, value, 'config');
  };
  for (const option of DEFAULTS) offer(option, config[option]);
  if (!env['CHANGEOVER_CONTROL']) offer('control', formatControlUrl(config.controlPath));
  command.setOptionValueWithSource('config', config, 'cli');
}
