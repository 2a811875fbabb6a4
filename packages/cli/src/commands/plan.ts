import { resolve as resolvePath } from 'node:path';
import { resolve } from '@changeover/stores';
import { probeProcess } from '@changeover/stores/host';
import { type MovePlan, planMove, type UnitPrices } from 'changeover/move';
import { isCode } from 'changeover/std';
import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { closing } from '../closing.ts';
import { addCommonOptions } from '../common-options.ts';
import { blamingLater } from '../config/blaming.ts';
import { controlPath } from '../control/control-path.ts';
import { openControl } from '../control/open-control.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import { LIMITS } from '../limits.ts';
import { type MoveJob, moveJobs } from '../move/move-job.ts';
import type { MoveOptions } from '../move/move-options.ts';
import { requestOf } from '../move/plan-move.ts';
import { selectTables } from '../move/select-tables.ts';
import { type Sides, withSides } from '../move/sides.ts';
import { wholeNumber } from '../number-option.ts';
import { countOf } from '../output/format.ts';
import { writePlan } from '../plan/plan-json.ts';
import { planText } from '../plan/plan-text.ts';
import { readPrices } from '../plan/price-file.ts';
import { pricesOf } from '../plan/prices.ts';
import { scratchFor } from '../plan/scratch.ts';

interface PlanOptions extends MoveOptions {
  readonly sample?: number;
  readonly prices?: string;
}

const EXAMPLES = `
  changeover plan sqlite:app.db#orders sqlite:new.db
  changeover plan 'sqlite:app.db?partitionKey=country&rowKey=id#places' sqlite:new.db#places --sample 10000

Without --sample every row is read. Writing is measured on a temporary file beside nothing of yours.
Exit codes: 0 the move would go through, 2 usage, 4 could not finish (try again), 6 the move would be refused.
`;

export function addPlanCommand(program: Command, invocation: Invocation): void {
  const command = program
    .command('plan')
    .summary('say what a move would do, be refused for, and take')
    .description(
      'Says what a move would do, what it would be refused for, and what it would take. Writes nothing.',
    )
    .argument('[source]', 'the URL of a store or table; it is only read')
    .argument('[target]', 'the URL of a store or table; it is only read')
    .option('--where <filter>', 'as for move')
    .option('--include <name...>', 'only these tables')
    .option('--exclude <name...>', 'all tables but these')
    .option('--rename <old=new...>', 'another name for a table in the target')
    .option('--threads <number>', 'key ranges in flight', wholeNumber(LIMITS.threads), 4)
    .option('--batch-rows <number>', 'rows in a batch', wholeNumber(LIMITS.batchRows), 1000)
    .option('--rate <number>', 'at most so many rows a second', wholeNumber(LIMITS.rate))
    .option('--sample <number>', 'look at about so many rows of each table only', wholeNumber(1_000_000_000))
    .option('--prices <file>', 'a list of prices of storage operations, as JSON');
  addCommonOptions(command)
    .addHelpText('after', EXAMPLES)
    .action((source: string | undefined, target: string | undefined, options: PlanOptions) =>
      plan(source, target, options, invocation),
    );
}

async function plan(
  source: string | undefined,
  target: string | undefined,
  options: PlanOptions,
  invocation: Invocation,
): Promise<void> {
  const { io, json } = invocation;
  const jobs = moveJobs(source, target, options, io.cwd);
  const control = controlPath(options.control, io);
  const prices = await readPrices(options.prices && resolvePath(io.cwd, options.prices));
  const plans: MovePlan[] = [];
  for (const job of jobs) {
    const planned = await withSides(job, await targetMode(job, io), io, (sides) =>
      planJob(job, sides, control, options, io),
    );
    tell(planned, prices, invocation);
    plans.push(planned);
  }
  const refusals = plans.flatMap((planned) => planned.refusals);
  if (refusals.length > 0) throw refused(refusals.length);
  json?.write({ event: 'done' }, { exit: 0, tables: plans.flatMap(({ tables }) => tables).length });
}

/** A target that is there is opened to be read only. One that is not can only be opened to be made; nothing makes it. */
async function targetMode({ target, cwd }: MoveJob, { clock, env }: Io): Promise<'read' | 'write'> {
  try {
    const { store } = await resolve(target, { clock, env, cwd, mode: 'read' });
    await store.close();
    return 'read';
  } catch (error) {
    // Whatever else is wrong is met again, and told, when both sides are opened.
    return isCode(error, 'TABLE_NOT_FOUND') ? 'write' : 'read';
  }
}

async function planJob(
  job: MoveJob,
  sides: Sides,
  control: string,
  options: PlanOptions,
  io: Io,
): Promise<MovePlan> {
  const { source, target } = sides;
  const tables = await blamingLater(job.places?.source, () => selectTables(source, target, job.choice));
  const { clock, signal } = io;
  const scratch = scratchFor(target.store, io);
  // A control store that is not there stays so: it is made by the first write, and there is none.
  return closing(await openControl(control, io), (opened) =>
    planMove(
      requestOf(job, tables, sides, options),
      { control: opened, clock, signal, probe: probeProcess, ...scratch },
      { sampleRows: options.sample },
    ),
  );
}

function tell(planned: MovePlan, list: readonly UnitPrices[], { io, json }: Invocation): void {
  const [table] = planned.tables;
  const stores = { source: table?.source.store ?? '', target: table?.target.store ?? '' };
  const prices = pricesOf(planned.forecast, stores, list);
  if (json) return writePlan(json, planned, prices);
  io.stdout.write(planText(planned, prices));
}

function refused(reasons: number): CliError {
  return new CliError(
    'CLI_PLAN_REFUSED',
    `the move would be refused, for ${countOf(reasons, 'reason')}`,
    'Nothing was written. Each reason is listed with what to do about it.',
  );
}
