import type { MoveStep } from 'changeover/move';
import { usageError } from '../cli-error.ts';
import type { CommonOptions } from '../common-options.ts';
import type { TableChoice } from './select-tables.ts';

/** The options of `move`, as parsed. */
export interface MoveOptions extends CommonOptions, TableChoice {
  readonly setup?: true;
  readonly copy?: true;
  readonly validate?: true;
  readonly repair?: true;
  readonly deleteExtra?: true;
  readonly where?: string;
  readonly threads: number;
  readonly batchRows: number;
  readonly rate?: number;
  readonly report?: string;
  readonly recreate?: true;
  readonly intoExisting?: true;
  readonly dryRun?: true;
  readonly yes?: true;
}

/** The steps that are named, in the order in which they are done; undefined if none is. */
export function stepsOf(options: MoveOptions): readonly MoveStep[] | undefined {
  const steps = (['setup', 'copy', 'validate', 'repair'] as const).filter((step) => options[step]);
  return steps.length === 0 ? undefined : steps;
}

/** Throws `CLI_USAGE` for options that make no sense together. */
export function checkOptions(options: MoveOptions): void {
  const steps = stepsOf(options);
  const { recreate, intoExisting, repair, deleteExtra, report, dryRun } = options;
  if (recreate && intoExisting) {
    throw usageError('--recreate and --into-existing contradict each other', 'Choose one of them.');
  }
  if (recreate && steps && !steps.includes('setup')) {
    throw usageError(
      '--recreate drops tables in the setup step, which is not among the steps',
      'Add --setup.',
    );
  }
  if (report !== undefined && steps && !steps.includes('validate') && !repair) {
    throw usageError(
      '--report is written by the validate step, which is not among the steps',
      'Add --validate.',
    );
  }
  if (deleteExtra && !repair) {
    throw usageError('--delete-extra says what --repair may do', 'Add --repair.');
  }
  if (dryRun) checkDryRun(options);
}

function checkDryRun({ recreate, repair, setup, copy }: MoveOptions): void {
  if (!recreate && !repair) {
    throw usageError(
      '--dry-run is for what destroys: --recreate or --repair',
      'Add one of them; what a move would do, "changeover plan" forecasts.',
    );
  }
  if (repair && (recreate || setup || copy)) {
    throw usageError(
      'a dry run of --repair compares what is there, and can foresee no other step',
      'Name --repair alone.',
    );
  }
}
