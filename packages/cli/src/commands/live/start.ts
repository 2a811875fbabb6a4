import { changeSettings, checkGoal, type Until } from 'changeover/coordinator';
import { placesOf } from 'changeover/cutover';
import { type Command, Option } from 'commander';
import { addCommonOptions } from '../../common-options.ts';
import type { Invocation } from '../../invocation.ts';
import { LIMITS } from '../../limits.ts';
import { driveTo } from '../../live/drive-to.ts';
import { addThreads, type DrivingOptions } from '../../live/driving-options.ts';
import { withLive } from '../../live/live-world.ts';
import { wholeNumber } from '../../number-option.ts';

/** How far it can be taken, in the words of the option. */
const UNTIL = { managed: 'managed', complete: 'complete', 'target-only': 'alone' } as const satisfies Record<
  string,
  Until
>;

interface StartOptions extends DrivingOptions {
  readonly until: keyof typeof UNTIL;
  readonly rate?: number;
}

export function addStartCommand(live: Command, invocation: Invocation): void {
  const command = live
    .command('start')
    .summary('move it to the target, or go on with that')
    .description(
      'Moves the table to the target while the application uses it, or goes on with that, whoever began it.',
    )
    .argument('<name>', 'the live migration')
    .addOption(
      new Option(
        '--until <how far>',
        'managed: clients ask for each partition where it is; complete: the target has every row, and they were compared; target-only: clients use nothing but the target',
      )
        .choices(Object.keys(UNTIL))
        .default('target-only'),
    )
    .option(
      '--rate <number>',
      'all workers together copy at most so many rows a second',
      wholeNumber(LIMITS.rate),
    )
    .option(
      '--health-check <command>',
      'ask this shell command before each group of clients is told of a phase; if it fails, all are taken back',
    );
  addThreads(command);
  addCommonOptions(command).action((name: string, options: StartOptions) => start(name, options, invocation));
}

async function start(name: string, options: StartOptions, invocation: Invocation): Promise<void> {
  invocation.json?.about(name);
  await withLive('start', options, invocation.io, async (world) => {
    const places = await placesOf(world.control, name);
    const goal = { side: 'target', until: UNTIL[options.until], range: null, retired: 'kept' } as const;
    await checkGoal(world.control, name, goal);
    if (options.rate !== undefined)
      await changeSettings(world.control, name, { rowsPerSecond: options.rate });
    await driveTo({ world, places, goal }, options, invocation);
  });
}
