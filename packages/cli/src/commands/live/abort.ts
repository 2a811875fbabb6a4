import { checkGoal, type Goal } from 'changeover/coordinator';
import { placesOf } from 'changeover/cutover';
import type { Command } from 'commander';
import { addCommonOptions } from '../../common-options.ts';
import type { Invocation } from '../../invocation.ts';
import { type AskingOptions, addAskingOptions, askFirst } from '../../live/ask-first.ts';
import { driveTo } from '../../live/drive-to.ts';
import { addThreads, type DrivingOptions } from '../../live/driving-options.ts';
import { withLive } from '../../live/live-world.ts';

type AbortOptions = DrivingOptions & AskingOptions;

const GOAL: Goal = { side: 'source', until: 'clean', range: null, retired: 'kept' };

export function addAbortCommand(live: Command, invocation: Invocation): void {
  const command = live
    .command('abort')
    .summary('take it back to the source for good')
    .description(
      'Takes everything back to the source, and leaves nothing of the migration there: it is over. The target is left empty.',
    )
    .argument('<name>', 'the live migration');
  addAskingOptions(addThreads(command));
  addCommonOptions(command).action((name: string, options: AbortOptions) => abort(name, options, invocation));
}

async function abort(name: string, options: AbortOptions, invocation: Invocation): Promise<void> {
  invocation.json?.about(name);
  await withLive('abort', options, invocation.io, async (world) => {
    const places = await placesOf(world.control, name);
    await checkGoal(world.control, name, GOAL);
    const what = `take ${name} back to ${places.source.url} for good, and wipe what was copied to ${places.target.url}`;
    if (!(await askFirst({ name, what }, options, invocation))) return;
    await driveTo({ world, places, goal: GOAL }, options, invocation);
  });
}
