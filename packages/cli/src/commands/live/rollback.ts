import {
  checkGoal,
  type Goal,
  type MigrationStatus,
  migrationStatus,
  type Survey,
  surveyPartitions,
} from 'changeover/coordinator';
import { placesOf } from 'changeover/cutover';
import type { Command } from 'commander';
import { usageError } from '../../cli-error.ts';
import { addCommonOptions } from '../../common-options.ts';
import type { Invocation } from '../../invocation.ts';
import { type AskingOptions, addAskingOptions, askFirst } from '../../live/ask-first.ts';
import { driveTo } from '../../live/drive-to.ts';
import { addThreads, type DrivingOptions } from '../../live/driving-options.ts';
import { withLive } from '../../live/live-world.ts';
import { countOf, formatRows } from '../../output/format.ts';

interface RangeOptions {
  readonly partition?: string;
  readonly from?: string;
  readonly through?: string;
}

type RollbackOptions = DrivingOptions & AskingOptions & RangeOptions;

export function addRollbackCommand(live: Command, invocation: Invocation): void {
  const command = live
    .command('rollback')
    .summary('take everything, or some partitions, back to the source')
    .description(
      'Takes everything, or some partitions, back to the source while the application uses it, with all that was written since. It can be started again, or aborted.',
    )
    .argument('<name>', 'the live migration')
    .option('--partition <key>', 'only this partition')
    .option('--from <key>', 'only partitions from this one on')
    .option('--through <key>', 'only partitions up to this one, itself included');
  addAskingOptions(addThreads(command));
  addCommonOptions(command).action((name: string, options: RollbackOptions) =>
    rollback(name, options, invocation),
  );
}

async function rollback(name: string, options: RollbackOptions, invocation: Invocation): Promise<void> {
  invocation.json?.about(name);
  const range = rangeOf(options);
  const goal: Goal = { side: 'source', until: 'complete', range, retired: 'kept' };
  await withLive('rollback', options, invocation.io, async (world) => {
    const places = await placesOf(world.control, name);
    await checkGoal(world.control, name, goal);
    const what = `take ${range ? 'these partitions of ' : ''}${name} back to ${places.source.url}`;
    const asked = options.dryRun
      ? forecast(
          what,
          await migrationStatus(world, name),
          await surveyPartitions({ ...world, places, range }),
        )
      : { what };
    if (!(await askFirst({ name, ...asked }, options, invocation))) return;
    await driveTo({ world, places, goal }, options, invocation);
  });
}

function rangeOf({ partition, from, through }: RangeOptions): Goal['range'] {
  if (partition === undefined && from === undefined && through === undefined) return null;
  if (partition === undefined) {
    return { ...(from === undefined ? {} : { from }), ...(through === undefined ? {} : { through }) };
  }
  if (from === undefined && through === undefined) return { from: partition, through: partition };
  throw usageError('--partition names one partition, --from and --through a range', 'Use either.');
}

function forecast(what: string, { stage, phase }: MigrationStatus, { partitions, rows }: Survey) {
  const all = partitions.source + partitions.target;
  const table = rows === null ? '' : ` of a table of about ${formatRows(rows)}`;
  const there = `${partitions.target} of ${countOf(all, 'partition')}${table} ${partitions.target === 1 ? 'is' : 'are'} on the target`;
  return {
    what: `${what}: it is ${stage}, in phase ${phase.number} (${phase.name}), and ${there}`,
    facts: { stage, phase, partitions, rows },
  };
}
