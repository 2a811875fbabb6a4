import { changeSettings, type Settings } from 'changeover/coordinator';
import { placesOf } from 'changeover/cutover';
import type { Command } from 'commander';
import { addCommonOptions, type CommonOptions } from '../../common-options.ts';
import type { Invocation } from '../../invocation.ts';
import { LIMITS } from '../../limits.ts';
import { withLive } from '../../live/live-world.ts';
import { wholeNumber } from '../../number-option.ts';
import { formatRows } from '../../output/format.ts';

interface ResumeOptions extends CommonOptions {
  /** False for `--no-rate`; undefined if neither is given. */
  readonly rate?: number | false;
}

export function addResumeCommand(live: Command, invocation: Invocation): void {
  const command = live
    .command('resume')
    .summary('let its workers go on, or change their rate')
    .description(
      'Lets the workers go on that were paused. With --rate or --no-rate they go on faster, or slower.',
    )
    .argument('<name>', 'the live migration')
    .option(
      '--rate <number>',
      'all workers together copy at most so many rows a second',
      wholeNumber(LIMITS.rate),
    )
    .option('--no-rate', 'as fast as the stores go');
  addCommonOptions(command).action((name: string, options: ResumeOptions) =>
    resume(name, options, invocation),
  );
}

async function resume(name: string, options: ResumeOptions, { io, json }: Invocation): Promise<void> {
  json?.about(name);
  await withLive('resume', options, io, async ({ control }) => {
    await placesOf(control, name);
    const settings = await changeSettings(control, name, { paused: false, ...rateOf(options) });
    if (json) return json.write({ event: 'done' }, { exit: 0, settings });
    const { rowsPerSecond } = settings;
    const rate =
      rowsPerSecond === null ? 'as fast as the stores go' : `at most ${formatRows(rowsPerSecond)} a second`;
    io.stdout.line(`${name} goes on, ${rate}.`);
  });
}

function rateOf({ rate }: ResumeOptions): Partial<Settings> {
  if (rate === undefined) return {};
  return { rowsPerSecond: rate === false ? null : rate };
}
