import { resolve } from 'node:path';
import type { Command } from 'commander';
import { closing } from '../closing.ts';
import { addCommonOptions } from '../common-options.ts';
import { controlPath } from '../control/control-path.ts';
import { openControl } from '../control/open-control.ts';
import type { Invocation } from '../invocation.ts';
import { LIMITS } from '../limits.ts';
import { askConsent } from '../move/consent.ts';
import { moveJobs } from '../move/move-job.ts';
import { checkOptions, type MoveOptions } from '../move/move-options.ts';
import { type Outcome, outcomeJson, outcomeText, verdictOf } from '../move/outcome.ts';
import { performMoves } from '../move/perform-moves.ts';
import { planMoves } from '../move/plan-move.ts';
import { rehearseDrops, rehearseRepair } from '../move/rehearse.ts';
import { wholeNumber } from '../number-option.ts';
import { ReportFile } from '../report/report-file.ts';

const EXAMPLES = `
Stores are named by URL; # and a name at the end means one table, none all:
  changeover move sqlite:app.db#orders sqlite:new.db
  changeover move 'sqlite:app.db?partitionKey=country&rowKey=id#places' \\
    sqlite:new.db#places
  changeover move sqlite:a.db sqlite:b.db --exclude logs --rename orders=orders2
  changeover move sqlite:a.db#places sqlite:b.db --where "PartitionKey eq 'FR'"
  changeover move --config move.yaml --validate --report differences.ndjson

Names after --include, --exclude and --rename go on to the next option: write
the stores before them. Without a step: setup, copy, validate, or the rest of
what an earlier run of the same move left.
Exit codes: 0 done, 2 usage, 3 a difference was proved, 4 could not finish (try
again), 6 refused.
`;

export function addMoveCommand(program: Command, invocation: Invocation): void {
  const command = program
    .command('move')
    .summary('copy tables to another store, and compare every row')
    .description(
      'Moves tables to another store while nobody writes to them, and proves that nothing was lost.',
    )
    .argument('[source]', 'the URL of a store or table; it is only read')
    .argument('[target]', 'the URL of a store or table')
    .option('--setup', 'step: create what is missing in the target')
    .option('--copy', 'step: copy the rows')
    .option('--validate', 'step: compare every row')
    .option('--repair', 'step: compare, and write to the target what differs')
    .option('--delete-extra', 'let --repair delete rows that the source does not have')
    .option(
      '--where <filter>',
      'only the rows that match, such as "PartitionKey eq \'FR\' and population gt 1000"',
    )
    .option('--include <name...>', 'only these tables')
    .option('--exclude <name...>', 'all tables but these')
    .option('--rename <old=new...>', 'another name for a table in the target')
    .option('--threads <number>', 'key ranges in flight', wholeNumber(LIMITS.threads), 4)
    .option('--batch-rows <number>', 'rows in a batch', wholeNumber(LIMITS.batchRows), 1000)
    .option('--rate <number>', 'at most so many rows a second', wholeNumber(LIMITS.rate))
    .option('--report <file>', 'write a line for each row that differs')
    .option('--recreate', 'drop the target tables first, and forget what earlier runs of this move did')
    .option('--into-existing', 'write over and beside the rows that the target tables hold')
    .option('--dry-run', 'only say what --recreate or --repair would do')
    .option('--yes', 'agree to --recreate and --repair without being asked');
  addCommonOptions(command)
    .addHelpText('after', EXAMPLES)
    .action((source: string | undefined, target: string | undefined, options: MoveOptions) =>
      move(source, target, options, invocation),
    );
}

/** Everything that can be checked is checked before anybody is asked, and before anything is created. */
async function move(
  source: string | undefined,
  target: string | undefined,
  options: MoveOptions,
  invocation: Invocation,
): Promise<void> {
  const { io } = invocation;
  checkOptions(options);
  const jobs = moveJobs(source, target, options, io.cwd);
  const path = controlPath(options.control, io);
  const report =
    options.report === undefined ? undefined : await ReportFile.at(resolve(io.cwd, options.report));
  const moves = await planMoves(jobs, options, io);
  if (options.dryRun && options.repair) return rehearseRepair(moves, report, options, invocation);
  if (options.dryRun) return rehearseDrops(moves, invocation);
  await askConsent(moves, options, io);
  const outcome = await closing(await openControl(path, io), (control) =>
    performMoves(moves, { control, report, targetMode: 'write' }, options, invocation),
  );
  conclude(outcome, invocation);
}

/** The last words. Throws the verdict if there is one. */
function conclude(outcome: Outcome, { io, json }: Invocation): void {
  if (!json) io.stdout.write(outcomeText(outcome));
  const verdict = verdictOf(outcome);
  if (verdict) throw verdict;
  json?.write({ event: 'done' }, { exit: 0, ...outcomeJson(outcome) });
}
