import { migrationStatus } from 'changeover/coordinator';
import type { Command } from 'commander';
import { addCommonOptions, type CommonOptions } from '../../common-options.ts';
import type { Invocation } from '../../invocation.ts';
import type { Io } from '../../io.ts';
import { withLive } from '../../live/live-world.ts';
import { createStatusView } from '../../live/status-view.ts';

/** How often is looked again. */
const LOOK_MS = 500;

export function addWatchCommand(live: Command, invocation: Invocation): void {
  const command = live
    .command('watch')
    .summary('show where it stands, again and again')
    .description(
      'Shows where a live migration stands whenever that changes, until it stands still or Ctrl-C.',
    )
    .argument('<name>', 'the live migration');
  addCommonOptions(command).action((name: string, options: CommonOptions) =>
    watch(name, options, invocation),
  );
}

async function watch(name: string, options: CommonOptions, invocation: Invocation): Promise<void> {
  const { io, json } = invocation;
  json?.about(name);
  await withLive('watch', options, io, async (world) => {
    const view = createStatusView(invocation);
    let status = await migrationStatus(world, name);
    view.show(status);
    while (status.next !== null && !status.hold) {
      await sleep(io);
      status = await migrationStatus(world, name);
      view.show(status);
    }
    const { stage, phase } = status;
    json?.write({ event: 'done' }, { exit: 0, stage, phase });
  });
}

/** Throws what the run was stopped for. */
async function sleep({ clock, signal }: Io): Promise<void> {
  try {
    await clock.sleep(LOOK_MS, signal);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}
