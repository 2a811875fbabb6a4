import { runWorker } from 'changeover/coordinator';
import { placesOf } from 'changeover/cutover';
import type { Command } from 'commander';
import { addCommonOptions } from '../../common-options.ts';
import type { Invocation } from '../../invocation.ts';
import { addThreads, type DrivingOptions } from '../../live/driving-options.ts';
import { withLive } from '../../live/live-world.ts';

export function addWorkCommand(live: Command, invocation: Invocation): void {
  const command = live
    .command('work')
    .summary('help with its work, until it is over')
    .description(
      'Works beside whoever drives it, on this machine or another, until it is over. It may be stopped or killed at any moment: others take over.',
    )
    .argument('<name>', 'the live migration');
  addCommonOptions(addThreads(command)).action((name: string, options: DrivingOptions) =>
    work(name, options, invocation),
  );
}

async function work(name: string, options: DrivingOptions, { io, json }: Invocation): Promise<void> {
  json?.about(name);
  await withLive('work', options, io, async (world) => {
    const places = await placesOf(world.control, name);
    const onIdle = (idle: boolean) => {
      if (options.quiet) return;
      if (json) json.write({ event: idle ? 'idle' : 'working' });
      else io.stderr.line(idle ? `${name}: nothing to do at the moment` : `${name}: working`);
    };
    await runWorker({ ...world, places, threads: options.threads, onIdle });
    world.signal.throwIfAborted();
    if (json) return json.write({ event: 'done' }, { exit: 0 });
    io.stdout.line(`${name} is over: there is nothing left to do.`);
  });
}
