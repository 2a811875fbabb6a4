import { resolve as resolvePath } from 'node:path';
import { type ResolvedUrl, resolve } from '@changeover/stores';
import type { MoveRequest, MoveStep, TablePair } from 'changeover/move';
import { type Filter, parseFilter } from 'changeover/table';
import type { Command } from 'commander';
import { usageError } from '../cli-error.ts';
import { closing } from '../closing.ts';
import { addCommonOptions, type CommonOptions } from '../common-options.ts';
import { confirm } from '../confirm.ts';
import { controlPath } from '../control/control-path.ts';
import { openControl } from '../control/open-control.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import { performMove } from '../move/perform-move.ts';
import { selectTables, type TableChoice } from '../move/select-tables.ts';
import { wholeNumber } from '../number-option.ts';
import { ReportFile } from '../report/report-file.ts';

interface MoveOptions extends CommonOptions, TableChoice {
  readonly setup?: true;
  readonly copy?: true;
  readonly validate?: true;
  readonly where?: string;
  readonly threads: number;
  readonly batchRows: number;
  readonly rate?: number;
  readonly report?: string;
  readonly recreate?: true;
  readonly yes?: true;
  readonly intoExisting?: true;
}

interface Sides {
  readonly source: ResolvedUrl;
  readonly target: ResolvedUrl;
}

const EXAMPLES = `
Stores are named by URL; # and a name at the end means one table, none all of them:
  changeover move sqlite:app.db#orders sqlite:new.db
  changeover move 'sqlite:app.db?partitionKey=country&rowKey=id#places' sqlite:new.db#places
  changeover move sqlite:a.db sqlite:b.db --exclude logs --rename orders=orders2
  changeover move sqlite:a.db#places sqlite:b.db --where "PartitionKey eq 'FR'" --report differences.ndjson

Names after --include, --exclude and --rename go on to the next option: write the stores before them.
Without a step: setup, copy, validate, or the rest of what an earlier run of the same move left.
Exit codes: 0 done, 2 usage, 3 a difference was proved, 4 could not finish (try again), 6 refused.
`;

export function addMoveCommand(program: Command, invocation: Invocation): void {
  const command = program
    .command('move')
    .summary('copy tables to another store, and compare every row')
    .description(
      'Moves tables to another store while nobody writes to them, and proves that nothing was lost.',
    )
    .argument('<source>', 'the URL of a store or table; it is only read')
    .argument('<target>', 'the URL of a store or table')
    .option('--setup', 'step: create what is missing in the target')
    .option('--copy', 'step: copy the rows')
    .option('--validate', 'step: compare every row')
    .option(
      '--where <filter>',
      'only the rows that match, such as "PartitionKey eq \'FR\' and population gt 1000"',
    )
    .option('--include <name...>', 'only these tables')
    .option('--exclude <name...>', 'all tables but these')
    .option('--rename <old=new...>', 'another name for a table in the target')
    .option('--threads <number>', 'key ranges in flight', wholeNumber(256), 4)
    .option('--batch-rows <number>', 'rows in a batch', wholeNumber(100_000), 1000)
    .option('--rate <number>', 'at most so many rows a second', wholeNumber(1_000_000_000))
    .option('--report <file>', 'write a line for each row that differs')
    .option('--recreate', 'drop the target tables first, and forget what earlier runs of this move did')
    .option('--yes', 'agree to --recreate without being asked')
    .option('--into-existing', 'write over and beside the rows that the target tables hold');
  addCommonOptions(command)
    .addHelpText('after', EXAMPLES)
    .action((source: string, target: string, options: MoveOptions) =>
      move(source, target, options, invocation),
    );
}

/** Everything that can be checked is checked before anything is created, here and by the mover itself. */
async function move(
  source: string,
  target: string,
  options: MoveOptions,
  invocation: Invocation,
): Promise<void> {
  const { io } = invocation;
  const steps = stepsOf(options);
  refuseContradictions(options, steps);
  const filter = options.where === undefined ? undefined : parseFilter(options.where);
  const control = controlPath(options.control, io);
  const report =
    options.report === undefined ? undefined : await ReportFile.at(resolvePath(io.cwd, options.report));
  await withSides(source, target, io, async (sides) => {
    const tables = await selectTables(sides.source, sides.target, options);
    if (options.recreate && !options.yes) await confirmDrop(io, sides.target, tables);
    const request = requestOf(sides, tables, filter, steps, options);
    await closing(await openControl(control, io), (opened) =>
      performMove(request, opened, report, options, invocation),
    );
  });
}

function stepsOf({ setup, copy, validate }: MoveOptions): readonly MoveStep[] | undefined {
  const steps: MoveStep[] = [];
  if (setup) steps.push('setup');
  if (copy) steps.push('copy');
  if (validate) steps.push('validate');
  return steps.length === 0 ? undefined : steps;
}

function refuseContradictions(options: MoveOptions, steps: readonly MoveStep[] | undefined): void {
  if (options.recreate && options.intoExisting) {
    throw usageError('--recreate and --into-existing contradict each other', 'Choose one of them.');
  }
  if (options.recreate && steps && !steps.includes('setup')) {
    throw usageError(
      '--recreate drops tables in the setup step, which is not among the steps',
      'Add --setup.',
    );
  }
  if (options.report !== undefined && steps && !steps.includes('validate')) {
    throw usageError(
      '--report is written by the validate step, which is not among the steps',
      'Add --validate.',
    );
  }
}

async function withSides(
  source: string,
  target: string,
  { clock, env, cwd }: Io,
  work: (sides: Sides) => Promise<void>,
): Promise<void> {
  const from = await resolve(source, { mode: 'read', clock, env, cwd });
  await closing(from.store, async () => {
    const to = await resolve(target, { mode: 'write', clock, env, cwd });
    await closing(to.store, () => work({ source: from, target: to }));
  });
}

async function confirmDrop(io: Io, { store }: ResolvedUrl, tables: readonly TablePair[]): Promise<void> {
  const existing = await store.list();
  for (const { target } of tables) {
    if (!existing.includes(target)) continue;
    await confirm(io, {
      what: `drop the table ${target} of ${store.location} with all its rows`,
      word: target,
    });
  }
}

function requestOf(
  { source, target }: Sides,
  tables: readonly TablePair[],
  filter: Filter | undefined,
  steps: readonly MoveStep[] | undefined,
  options: MoveOptions,
): MoveRequest {
  return {
    source: source.store,
    target: target.store,
    tables,
    filter,
    steps,
    threads: options.threads,
    batchRows: options.batchRows,
    rowsPerSecond: options.rate,
    recreate: options.recreate ?? false,
    intoExisting: options.intoExisting ?? false,
    sourceUrl: source.url,
    targetUrl: target.url,
  };
}
