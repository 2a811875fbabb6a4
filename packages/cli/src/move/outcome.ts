import type { ValidateSummary } from 'changeover/move';
import { CliError } from '../cli-error.ts';
import { countOf, formatCount, formatDuration, formatRate, formatRows } from '../output/format.ts';
import type { StepTally } from './tally.ts';

/** How a move that came to its end came out. */
export interface Outcome {
  readonly tables: number;
  readonly steps: readonly StepTally[];
  /** Undefined if nothing was compared. */
  readonly validation: ValidateSummary | undefined;
  /** The absolute path of the report, if one was written. */
  readonly report: string | undefined;
}

/** The last lines for people: what was moved and compared, where the report is, what to do next. */
export function outcomeText(outcome: Outcome): string {
  const lines = outcome.steps.flatMap((step) => stepText(step, outcome));
  if (outcome.report !== undefined) lines.push(`Report: ${outcome.report}`);
  const next = nextText(outcome);
  if (next !== undefined) lines.push(`Next: ${next}`);
  return `${lines.join('\n')}\n`;
}

/** The error that a run ends with whose validation was not clean; undefined if it was, or if there was none. */
export function verdictOf({ validation, report }: Outcome): CliError | undefined {
  if (!validation) return undefined;
  const { missing, extra, different, notCompared } = validation;
  if (missing + extra + different > 0) {
    return new CliError(
      'CLI_DIFFERENCE_FOUND',
      `the target is not the same: ${differencesText(validation)}`,
      seeHint(report),
    );
  }
  if (notCompared === 0) return undefined;
  return new CliError(
    'CLI_NOT_COMPARED',
    `${formatRows(notCompared)} could not be compared`,
    'Run the same command with --validate again.',
  );
}

function stepText({ step, seconds, rows, rowsNow }: StepTally, { tables, validation }: Outcome): string[] {
  const took = `in ${formatDuration(seconds)}`;
  const rate = formatRate(rowsNow, seconds);
  const time = rate === undefined ? took : `${took} (${rate})`;
  switch (step) {
    case 'setup':
      return [];
    case 'copy': {
      const earlier = rows === rowsNow ? '' : `, ${formatRows(rowsNow)} of it in this run`;
      return [`Copied ${formatRows(rows)} of ${countOf(tables, 'table')}${earlier} ${time}.`];
    }
    case 'validate':
      return [`Compared ${formatRows(validation?.compared ?? rows)} ${time}: ${verdictText(validation)}.`];
  }
}

function verdictText(validation: ValidateSummary | undefined): string {
  if (!validation) return 'nothing is known';
  const { missing, extra, different, notCompared } = validation;
  if (missing + extra + different > 0) return differencesText(validation);
  return notCompared > 0
    ? `${formatRows(notCompared)} could not be compared`
    : 'source and target are the same';
}

function differencesText({ missing, extra, different, notCompared }: ValidateSummary): string {
  const counts = { missing, extra, different, 'not compared': notCompared };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${formatCount(count)} ${name}`)
    .join(', ');
}

function seeHint(report: string | undefined): string {
  if (report !== undefined) return `The rows are in ${report}.`;
  return 'Run the same command with --validate --report FILE to see which rows.';
}

function nextText({ steps, validation, report }: Outcome): string | undefined {
  const last = steps.at(-1)?.step;
  if (last === 'setup') return 'copy the rows, with the same command and --copy.';
  if (last === 'copy') return 'prove that nothing was lost, with the same command and --validate.';
  if (validation && verdictOf({ steps, validation, report, tables: 0 }) === undefined) {
    return 'the application may use the target.';
  }
  return undefined;
}
