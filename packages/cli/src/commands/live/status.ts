import { listMigrations, migrationStatus } from 'changeover/coordinator';
import type { Command } from 'commander';
import { addCommonOptions, type CommonOptions } from '../../common-options.ts';
import type { Invocation } from '../../invocation.ts';
import { withLive } from '../../live/live-world.ts';
import { migrationsText, statusText } from '../../live/status-text.ts';

export function addLiveStatusCommand(live: Command, invocation: Invocation): void {
  const command = live
    .command('status')
    .summary('show what live migrations there are, and where they stand')
    .description('Shows what live migrations there are and where they stand, or everything about one.')
    .argument('[name]', 'the live migration');
  addCommonOptions(command).action((name: string | undefined, options: CommonOptions) =>
    status(name, options, invocation),
  );
}

async function status(
  name: string | undefined,
  options: CommonOptions,
  { io, json }: Invocation,
): Promise<void> {
  json?.about(name ?? null);
  await withLive('status', options, io, async (world) => {
    const shown = name === undefined ? await listMigrations(world) : [await migrationStatus(world, name)];
    if (json) {
      for (const { name: migration, ...rest } of shown)
        json.write({ event: 'migration' }, { migration, ...rest });
      return json.write(
        { event: 'done' },
        { exit: 0, migrations: shown.length, control: world.control.location },
      );
    }
    if (!options.quiet) io.stderr.line(`control store: ${world.control.location}`);
    if (shown.length === 0) return io.stdout.line('There are no live migrations.');
    io.stdout.write(name === undefined ? migrationsText(shown) : shown.map(statusText).join(''));
  });
}
