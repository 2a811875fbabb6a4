import { createMigration } from 'changeover/coordinator';
import { checkMigrationName } from 'changeover/cutover';
import type { Command } from 'commander';
import { addCommonOptions, type CommonOptions } from '../../common-options.ts';
import type { Invocation } from '../../invocation.ts';
import { createdText } from '../../live/created-text.ts';
import { withLive } from '../../live/live-world.ts';
import { placesOfUrls } from '../../live/place.ts';
import { withLiveView } from '../../live/with-live-view.ts';

interface CreateOptions extends CommonOptions {
  readonly dryRun?: true;
}

export function addCreateCommand(live: Command, invocation: Invocation): void {
  const command = live
    .command('create')
    .summary('make a live migration; everything stays on the source')
    .description(
      'Makes a live migration: looks whether the two tables can take part, and whether every row could be moved. Everything stays on the source until it is started.',
    )
    .argument('<name>', 'what to call it: letters, digits, dots, dashes and underscores')
    .argument('<source>', 'the URL of a table')
    .argument(
      '<target>',
      'the URL of a table that is empty, or not there yet; of a store: the same name there',
    )
    .option('--dry-run', 'only look, and say what would be done');
  addCommonOptions(command).action((name: string, source: string, target: string, options: CreateOptions) =>
    create({ name, source, target }, options, invocation),
  );
}

async function create(
  { name, source, target }: { readonly name: string; readonly source: string; readonly target: string },
  options: CreateOptions,
  invocation: Invocation,
): Promise<void> {
  const { io, json } = invocation;
  const dryRun = options.dryRun ?? false;
  json?.about(name);
  checkMigrationName(name);
  await withLive('create', options, io, async (world) => {
    const places = await placesOfUrls(source, target, world);
    const created = await withLiveView(world, options, invocation, (view) =>
      createMigration({ ...world, ...places, name, dryRun, onChecked: (rows) => view.onChecked(rows) }),
    );
    if (json) return json.write({ event: 'done' }, { exit: 0, dryRun, ...places, ...created });
    io.stdout.write(createdText({ name, ...places, ...created, dryRun }));
  });
}
