import { checkGoal, type Goal, type MigrationStatus, migrationStatus } from 'changeover/coordinator';
import { placesOf, refuse } from 'changeover/cutover';
import type { Command } from 'commander';
import { addCommonOptions } from '../../common-options.ts';
import type { Invocation } from '../../invocation.ts';
import { type AskingOptions, addAskingOptions, askFirst } from '../../live/ask-first.ts';
import { driveTo } from '../../live/drive-to.ts';
import { addThreads, type DrivingOptions } from '../../live/driving-options.ts';
import { withLive } from '../../live/live-world.ts';

type FinalizeOptions = DrivingOptions & AskingOptions & { readonly wipeSource?: true };

export function addFinalizeCommand(live: Command, invocation: Invocation): void {
  const command = live
    .command('finalize')
    .summary('leave it on the target for good')
    .description(
      'Leaves the table on the target for good, and nothing of the migration there: from then on there is no way back.',
    )
    .argument('<name>', 'the live migration')
    .option('--wipe-source', 'delete the rows of the source, too');
  addAskingOptions(addThreads(command));
  addCommonOptions(command).action((name: string, options: FinalizeOptions) =>
    finalize(name, options, invocation),
  );
}

async function finalize(name: string, options: FinalizeOptions, invocation: Invocation): Promise<void> {
  invocation.json?.about(name);
  const wipe = options.wipeSource ?? false;
  const goal: Goal = { side: 'target', until: 'clean', range: null, wipe };
  await withLive('finalize', options, invocation.io, async (world) => {
    const places = await placesOf(world.control, name);
    await checkGoal(world.control, name, goal);
    checkReady(await migrationStatus(world, name));
    const wiped = wipe ? `, and delete every row of ${places.source.url}` : '';
    const what = `leave ${name} on ${places.target.url} for good${wiped}; there is no way back`;
    if (!(await askFirst({ name, what }, options, invocation))) return;
    await driveTo({ world, places, goal }, options, invocation);
  });
}

/** Everybody must use the target alone, or it must have been begun. Throws `LIVE_TOO_EARLY`. */
function checkReady({ name, stage, phase, goal }: MigrationStatus): void {
  const isBegun = goal.side === 'target' && goal.until === 'clean';
  if (stage === 'finalized' || isBegun || (stage === 'target only' && phase.settled)) return;
  throw refuse(
    'LIVE_TOO_EARLY',
    `${name} is ${stage}, in the phase ${phase.name}: not everything is on the target`,
    `Run "changeover live start ${name}" first.`,
  );
}
