import { changeSettings } from 'changeover/coordinator';
import { placesOf } from 'changeover/cutover';
import type { Command } from 'commander';
import { addCommonOptions, type CommonOptions } from '../../common-options.ts';
import type { Invocation } from '../../invocation.ts';
import { withLive } from '../../live/live-world.ts';

export function addPauseCommand(live: Command, invocation: Invocation): void {
  const command = live
    .command('pause')
    .summary('let its workers rest')
    .description('Lets all workers rest, wherever they run. The application goes on as before.')
    .argument('<name>', 'the live migration');
  addCommonOptions(command).action((name: string, options: CommonOptions) =>
    pause(name, options, invocation),
  );
}

async function pause(name: string, options: CommonOptions, { io, json }: Invocation): Promise<void> {
  json?.about(name);
  await withLive('pause', options, io, async ({ control }) => {
    await placesOf(control, name);
    const settings = await changeSettings(control, name, { paused: true });
    if (json) return json.write({ event: 'done' }, { exit: 0, settings });
    io.stdout.line(`${name} is paused. Next: "changeover live resume ${name}".`);
  });
}
