import { currentOwner, probeProcess } from '@changeover/stores/host';
import type { ControlStore } from 'changeover/control';
import { type MoveEvent, type MoveRequest, type MoveResult, runMove } from 'changeover/move';
import { isCode } from 'changeover/std';
import { CliError } from '../cli-error.ts';
import type { CommonOptions } from '../common-options.ts';
import type { Invocation } from '../invocation.ts';
import { createView } from '../output/create-view.ts';
import type { ReportFile } from '../report/report-file.ts';
import { type Outcome, outcomeText, verdictOf } from './outcome.ts';
import { Tally } from './tally.ts';

/** Runs a move under the eyes of a view, and tells how it ended. Throws what stopped it, or what it found. */
export async function performMove(
  request: MoveRequest,
  control: ControlStore,
  report: ReportFile | undefined,
  options: CommonOptions,
  invocation: Invocation,
): Promise<void> {
  const tally = new Tally(invocation.io.clock);
  const result = await watchMove(request, control, report, tally, options, invocation);
  const outcome: Outcome = {
    tables: request.tables.length,
    steps: tally.steps,
    validation: result.validation,
    report: result.validation ? report?.path : undefined,
  };
  const verdict = verdictOf(outcome);
  if (!invocation.json) invocation.io.stdout.write(outcomeText(outcome));
  if (verdict) throw verdict;
  invocation.json?.write({ event: 'done' }, { exit: 0, ...outcomeJson(outcome, result) });
}

async function watchMove(
  request: MoveRequest,
  control: ControlStore,
  report: ReportFile | undefined,
  tally: Tally,
  options: CommonOptions,
  invocation: Invocation,
): Promise<MoveResult> {
  const { clock, signal } = invocation.io;
  const view = createView(options, invocation);
  view.onControl(control.location);
  const onEvent = (event: MoveEvent) => {
    if (event.event === 'stepStarted' && event.step === 'validate') report?.begin();
    invocation.json?.follow(event);
    tally.onEvent(event);
    view.onEvent(event);
  };
  const owner = currentOwner('changeover move');
  const context = { control, clock, signal, owner, probe: probeProcess, onEvent };
  try {
    const result = await runMove(request, {
      ...context,
      onDifference: async (difference) => report?.difference(difference),
    });
    if (result.validation) await report?.summary(result.validation);
    return result;
  } catch (error) {
    throw request.recreate && isCode(error, 'MOVE_INTERRUPTED') ? interruptedAnew(error) : error;
  } finally {
    await view.close();
    await report?.close();
  }
}

/** The same command again would drop what was copied so far. */
function interruptedAnew(cause: Error): CliError {
  return new CliError(
    'CLI_INTERRUPTED',
    cause.message,
    'Run the same command again without --recreate: it goes on where it stood.',
    cause,
  );
}

function outcomeJson({ tables, steps, validation, report }: Outcome, { rows }: MoveResult): object {
  return { tables, rows, steps, validation: validation ?? null, report: report ?? null };
}
