import { currentOwner, probeProcess } from '@changeover/stores/host';
import type { ControlStore } from 'changeover/control';
import { type MoveContext, type MoveStep, runMove } from 'changeover/move';
import { isCode } from 'changeover/std';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import { createView } from '../output/create-view.ts';
import { scratchFor } from '../plan/scratch.ts';
import type { ReportFile } from '../report/report-file.ts';
import { type MoveOptions, stepsOf } from './move-options.ts';
import { type Outcome, type Performed, sumOf } from './outcome.ts';
import { type PlannedMove, requestOf } from './plan-move.ts';
import { withSides } from './sides.ts';
import { Tally } from './tally.ts';

/** What moves are done with. A rehearsal writes to no target. */
export interface Stage {
  readonly control: ControlStore;
  readonly report: ReportFile | undefined;
  readonly targetMode: 'read' | 'write';
}

/** Does the moves one after another under the eyes of a view, and sums up how they came out. Throws what stopped them. */
export async function performMoves(
  moves: readonly PlannedMove[],
  stage: Stage,
  options: MoveOptions,
  invocation: Invocation,
): Promise<Outcome> {
  const { control, report } = stage;
  const tally = new Tally(invocation.io.clock);
  const view = createView(options, invocation);
  if (stage.targetMode === 'write') view.onControl(control.location);
  const context = contextOf(stage, invocation, (event) => {
    tally.onEvent(event);
    view.onEvent(event);
  });
  const onStop = () => view.onStop();
  invocation.io.signal.addEventListener('abort', onStop);
  try {
    const performed = await performAll(moves, stage, context, options, invocation.io);
    const outcome = sumOf(performed, moves.length, tally.steps, report?.path);
    if (outcome.validation) await report?.summary(outcome.validation);
    return outcome;
  } catch (error) {
    throw options.recreate && isCode(error, 'MOVE_INTERRUPTED') ? interruptedAnew(error) : error;
  } finally {
    invocation.io.signal.removeEventListener('abort', onStop);
    await view.close();
    await report?.close();
  }
}

function contextOf(
  { control, report }: Stage,
  { io: { clock, signal }, json }: Invocation,
  show: MoveContext['onEvent'],
): MoveContext {
  return {
    control,
    clock,
    signal,
    owner: currentOwner('changeover move'),
    probe: probeProcess,
    onEvent: (event) => {
      if (event.event === 'stepStarted' && compares(event.step)) report?.begin();
      json?.follow(event);
      show(event);
    },
    onDifference: async (difference) => report?.difference(difference),
  };
}

/** Of several moves, those that an earlier run finished are passed over, so that the same command goes on. */
async function performAll(
  moves: readonly PlannedMove[],
  { targetMode }: Stage,
  context: MoveContext,
  options: MoveOptions,
  io: Io,
): Promise<readonly Performed[]> {
  const performed: Performed[] = [];
  for (const { job, tables } of moves) {
    try {
      const result = await withSides(job, targetMode, io, (sides) =>
        runMove(requestOf(job, tables, sides, options), {
          ...context,
          ...scratchFor(sides.target.store, io),
        }),
      );
      performed.push({ tables: tables.length, result });
    } catch (error) {
      const nothingLeft = isCode(error, 'MOVE_ALREADY_COPIED') && !comparesAgain(options);
      const allDone = job === moves.at(-1)?.job && performed.length === 0;
      if (!nothingLeft || allDone) throw error;
    }
  }
  return performed;
}

/** Then a copy that is done already must be heard of: the comparison that was asked for did not happen. */
function comparesAgain(options: MoveOptions): boolean {
  return stepsOf(options)?.some(compares) ?? false;
}

function compares(step: MoveStep): boolean {
  return step === 'validate' || step === 'repair';
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
