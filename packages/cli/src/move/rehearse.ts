import { MemoryControl } from 'changeover/control';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';
import { formatCount, formatRows } from '../output/format.ts';
import type { ReportFile } from '../report/report-file.ts';
import type { MoveOptions } from './move-options.ts';
import { type Outcome, verdictOf } from './outcome.ts';
import { performMoves } from './perform-moves.ts';
import type { PlannedMove } from './plan-move.ts';

/** Says what `--recreate` would drop. Changes nothing. */
export function rehearseDrops(moves: readonly PlannedMove[], { io, json }: Invocation): void {
  const drops = moves.flatMap(({ drops: tables, targetLocation: store }) =>
    tables.map((table) => ({ store, table })),
  );
  if (json) return json.write({ event: 'done' }, { exit: 0, dryRun: true, wouldDrop: drops });
  for (const { table, store } of drops) {
    io.stdout.line(`This would drop the table ${table} of ${store} with all its rows.`);
  }
  io.stdout.line(drops.length === 0 ? 'There is nothing to drop.' : 'Nothing was changed.');
}

/**
 * Compares, and says how many rows `--repair` would write and delete. Throws `CLI_DIFFERENCE_FOUND` if any. Changes
 * nothing: the target is opened for reading only, and the control store is forgotten with this process.
 */
export async function rehearseRepair(
  moves: readonly PlannedMove[],
  report: ReportFile | undefined,
  options: MoveOptions,
  invocation: Invocation,
): Promise<void> {
  const { io, json } = invocation;
  const { repair: _, ...rest } = options;
  const stage = { control: new MemoryControl(io), report, targetMode: 'read' } as const;
  const outcome = await performMoves(moves, stage, { ...rest, validate: true }, invocation);
  const forecast = forecastOf(outcome, options.deleteExtra ?? false);
  if (json) json.write({ event: 'dryRun' }, forecast);
  else io.stdout.write(forecastText(forecast, outcome));
  const verdict = forecastVerdict(forecast) ?? verdictOf(outcome);
  if (verdict) throw verdict;
  json?.write({ event: 'done' }, { exit: 0, dryRun: true, ...forecast });
}

interface Forecast {
  readonly compared: number;
  readonly wouldWrite: number;
  readonly wouldDelete: number;
  /** Rows of the target that the source does not have, and that may not be deleted. */
  readonly wouldLeave: number;
}

function forecastOf({ validation }: Outcome, deleteExtra: boolean): Forecast {
  const { compared, missing, different, extra } = validation ?? NOTHING;
  const wouldDelete = deleteExtra ? extra : 0;
  return { compared, wouldWrite: missing + different, wouldDelete, wouldLeave: extra - wouldDelete };
}

const NOTHING = { compared: 0, missing: 0, different: 0, extra: 0 };

function forecastText(forecast: Forecast, { report }: Outcome): string {
  const { compared, wouldWrite, wouldDelete, wouldLeave } = forecast;
  const lines = [
    `Compared ${formatRows(compared)}. This would write ${formatRows(wouldWrite)} and delete ${formatCount(wouldDelete)}.`,
  ];
  if (wouldLeave > 0) {
    const them = wouldLeave === 1 ? 'it' : 'them';
    lines.push(
      `It would leave ${formatRows(wouldLeave)} that the source does not have; --delete-extra would delete ${them}.`,
    );
  }
  lines.push('Nothing was changed.');
  if (report !== undefined) lines.push(`Report: ${report}`);
  return `${lines.join('\n')}\n`;
}

function forecastVerdict({ wouldWrite, wouldDelete, wouldLeave }: Forecast): CliError | undefined {
  const rows = wouldWrite + wouldDelete + wouldLeave;
  if (rows === 0) return undefined;
  return new CliError(
    'CLI_DIFFERENCE_FOUND',
    `${formatRows(rows)} ${rows === 1 ? 'differs' : 'differ'}: a repair would write ` +
      `${formatCount(wouldWrite)}, delete ${formatCount(wouldDelete)} and leave ${formatCount(wouldLeave)}`,
    'Run the same command without --dry-run.',
  );
}
