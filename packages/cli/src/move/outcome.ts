import type { MoveResult, RepairResult, ValidateSummary } from 'changeover/move';
import { CliError } from '../cli-error.ts';
import { countOf, formatCount, formatDuration, formatRate, formatRows } from '../output/format.ts';
import { type ForecastOutcome, forecastOutcomes, forecastOutcomeText } from './forecast-outcome.ts';
import type { StepTally } from './tally.ts';

/** How moves that came to their end came out, all together. */
export interface Outcome {
  /** The jobs, in order. */
  readonly jobs: readonly string[];
  readonly tables: number;
  /** Rows copied, from the jobs' beginnings. */
  readonly rows: number;
  readonly steps: readonly StepTally[];
  /** Undefined if nothing was compared. */
  readonly validation: ValidateSummary | undefined;
  /** Undefined if nothing was to be repaired. */
  readonly repair: RepairResult | undefined;
  /** Moves that an earlier run had finished. */
  readonly finishedBefore: number;
  /** What steps took, beside what was foreseen of them. */
  readonly forecasts: readonly ForecastOutcome[];
  /** The absolute path of the report, if one was written. */
  readonly report: string | undefined;
}

/** One move that came to its end. */
export interface Performed {
  readonly tables: number;
  readonly result: MoveResult;
}

/** `asked` is how many moves there were to be; those not performed were finished before. */
export function sumOf(
  performed: readonly Performed[],
  asked: number,
  steps: readonly StepTally[],
  report: string | undefined,
): Outcome {
  const results = performed.map(({ result }) => result);
  const validation = results.map((result) => result.validation).reduce(addCounts, undefined);
  return {
    jobs: results.map(({ job }) => job),
    tables: performed.reduce((total, { tables }) => total + tables, 0),
    rows: results.reduce((total, { rows }) => total + rows, 0),
    steps,
    validation,
    repair: results.map((result) => result.repair).reduce(addCounts, undefined),
    finishedBefore: asked - performed.length,
    forecasts: results.flatMap(forecastOutcomes),
    report: validation ? report : undefined,
  };
}

/** Adds two sets of counts name by name; either may be missing. */
function addCounts<T extends Record<keyof T, number>>(
  one: T | undefined,
  other: T | undefined,
): T | undefined {
  if (!one || !other) return one ?? other;
  const sum = { ...one };
  for (const name of Object.keys(one) as (keyof T)[]) sum[name] = (one[name] + other[name]) as T[keyof T];
  return sum;
}

/** The last lines for people: what was moved and compared, where the report is, what to do next. */
export function outcomeText(outcome: Outcome): string {
  const lines = outcome.steps.flatMap((step) => stepText(step, outcome));
  lines.push(...outcome.forecasts.flatMap(forecastOutcomeText));
  if (outcome.finishedBefore > 0) {
    lines.unshift(`${countOf(outcome.finishedBefore, 'move')} of the config had been finished before.`);
  }
  if (outcome.report !== undefined) lines.push(`Report: ${outcome.report}`);
  const next = nextText(outcome);
  if (next !== undefined) lines.push(`Next: ${next}`);
  return `${lines.join('\n')}\n`;
}

/** The same for programs. */
export function outcomeJson(outcome: Outcome): object {
  const { jobs, tables, rows, steps, finishedBefore, forecasts } = outcome;
  const { validation = null, repair = null, report = null } = outcome;
  return { jobs, tables, rows, steps, validation, repair, finishedBefore, forecasts, report };
}

/** The error that a run ends with whose validation was not clean; undefined if it was, or if there was none. */
export function verdictOf(outcome: Outcome): CliError | undefined {
  const { validation, repair } = outcome;
  if (!validation) return undefined;
  const { missing, extra, different, notCompared } = validation;
  if (missing + extra + different > 0) {
    return new CliError(
      'CLI_DIFFERENCE_FOUND',
      `the target is ${repair ? 'still ' : ''}not the same: ${differencesText(validation)}`,
      differenceHint(outcome),
    );
  }
  if (notCompared === 0) return undefined;
  return new CliError(
    'CLI_NOT_COMPARED',
    `${formatRows(notCompared)} could not be compared`,
    'Run the same command with --validate again.',
  );
}

function stepText(
  { step, seconds, rows, rowsNow }: StepTally,
  { tables, validation, repair }: Outcome,
): string[] {
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
    case 'repair':
      return [
        `Compared ${formatRows(validation?.compared ?? rows)} ${time}, and repaired what differed: ` +
          `${repairText(repair)}; now ${verdictText(validation)}.`,
      ];
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

function repairText(repair: RepairResult | undefined): string {
  const { repaired, deleted } = repair ?? { repaired: 0, deleted: 0 };
  return `${formatRows(repaired)} written, ${formatCount(deleted)} deleted`;
}

function differenceHint({ validation, repair, report }: Outcome): string {
  const where = report === undefined ? '' : `The rows are in ${report}. `;
  if (repair) {
    const extra = validation?.extra ?? 0;
    return extra > 0
      ? `${where}Rows that the source does not have are deleted with --delete-extra only.`
      : `${where}Does somebody write to one of the sides? Run the same command again.`;
  }
  if (report === undefined) {
    return 'Run the same command with --validate --report FILE to see which rows, or with --repair to mend them.';
  }
  return `${where}Run the same command with --repair to mend them.`;
}

function nextText(outcome: Outcome): string | undefined {
  const last = outcome.steps.at(-1)?.step;
  if (last === 'setup') return 'copy the rows, with the same command and --copy.';
  if (last === 'copy') return 'prove that nothing was lost, with the same command and --validate.';
  const same = outcome.validation !== undefined && verdictOf(outcome) === undefined;
  return same ? 'the application may use the target.' : undefined;
}
