import {
  checkGoal,
  type Goal,
  type MigrationStatus,
  migrationStatus,
  retiringOf,
} from 'changeover/coordinator';
import { placesOf, refuse } from 'changeover/cutover';
import type { Command } from 'commander';
import { usageError } from '../../cli-error.ts';
import { addCommonOptions } from '../../common-options.ts';
import type { Invocation } from '../../invocation.ts';
import { type AskingOptions, addAskingOptions, askFirst } from '../../live/ask-first.ts';
import { driveTo } from '../../live/drive-to.ts';
import { addThreads, type DrivingOptions } from '../../live/driving-options.ts';
import { withLive } from '../../live/live-world.ts';
import { retiringText } from '../../live/retiring-text.ts';

interface RetiringOptions {
  readonly wipeSource?: true;
  readonly keepSource?: true;
}

type FinalizeOptions = DrivingOptions & AskingOptions & RetiringOptions;

export function addFinalizeCommand(live: Command, invocation: Invocation): void {
  const command = live
    .command('finalize')
    .summary('leave it on the target for good')
    .description(
      'Leaves the table on the target for good, and nothing of the migration there: from then on there is no way back. The source is given another name, so that whoever still uses it hears that it is not there. Its rows stay, until you say --wipe-source, now or later.',
    )
    .argument('<name>', 'the live migration')
    .option('--keep-source', 'leave the source as it is, under its own name')
    .option('--wipe-source', 'delete the rows of the source, too; also when it is finalized already');
  addAskingOptions(addThreads(command));
  addCommonOptions(command).action((name: string, options: FinalizeOptions) =>
    finalize(name, options, invocation),
  );
}

async function finalize(name: string, options: FinalizeOptions, invocation: Invocation): Promise<void> {
  invocation.json?.about(name);
  const goal: Goal = { side: 'target', until: 'clean', range: null, retired: retirementOf(options) };
  await withLive('finalize', options, invocation.io, async (world) => {
    const places = await placesOf(world.control, name);
    await checkGoal(world.control, name, goal);
    const status = await migrationStatus(world, name);
    checkReady(status);
    const retiring = await retiringOf({ ...world, places }, { ...goal, count: !options.yes });
    const leave =
      status.stage === 'finalized'
        ? ''
        : `leave ${name} on ${places.target.url} for good, and there is no way back; then `;
    const what = `${leave}${retiringText(retiring)}`;
    const facts = { stage: status.stage, source: retiring };
    if (!(await askFirst({ name, what, facts }, options, invocation))) return;
    await driveTo({ world, places, goal }, options, invocation);
  });
}

function retirementOf({ wipeSource, keepSource }: RetiringOptions): Goal['retired'] {
  if (wipeSource && keepSource) {
    throw usageError('--keep-source leaves the source as it is, and --wipe-source does not', 'Use either.');
  }
  if (wipeSource) return 'wiped';
  return keepSource ? 'kept' : 'renamed';
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
