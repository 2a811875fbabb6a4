import { brief } from '../engine/brief.ts';
import type { TraceStep } from '../engine/trace.ts';
import type { Found } from './examine.ts';
import { cell, number, plural } from './phrases.ts';
import { printCause } from './print-cause.ts';
import { printCoverage } from './print-coverage.ts';
import { printSampling } from './print-sampling.ts';
import type { ReportData } from './report-data.ts';

/** Wider than this, and lines break in terminals: then each step has a line with its task's name instead of a column. */
const WIDEST = 120;
const MOST_LINES = 60;

/** A report for people. */
export function printReport(report: ReportData): string {
  const { found } = report;
  const lines = found ? [...printFound(report, found), ''] : [];
  const sampled = report.programs === undefined && report.strategy !== 'replay';
  const tells = sampled && (!found || report.defects);
  const orders = report.coverage ? printCoverage(report.coverage) : [];
  const coda = [...(tells ? printSampling(report) : []), ...orders.map((line) => `  ${line}`)];
  return [...lines, `${found ? '✗' : '✓'} ${report.test}: ${summary(report)}`, ...coda].join('\n');
}

/** One line: how much was searched, and what that is worth. */
export function summary(report: ReportData): string {
  const { schedules, seconds, strategy, complete, abandoned, programs, traces, newTraces, corpus, seed } =
    report;
  const { within, found } = report;
  // What is over at once has no rate worth telling.
  const rate = seconds > 0.1 ? `, ${number(schedules / seconds)}/s` : '';
  // The last thousand that is full, if there is one.
  const last = newTraces.at(schedules % 1000 === 0 ? -1 : -2) ?? newTraces.at(-1);
  if (strategy === 'replay') return `run from its token; ${seconds.toFixed(2)} s`;
  return [
    complete
      ? `complete for ${strategy}: ${plural(schedules, 'schedule')}${abandoned > 0 ? ` and ${number(abandoned)} given up` : ''}`
      : programs === undefined
        ? `${plural(schedules, 'schedule')} sampled with ${strategy}, seed ${seed}`
        : `${plural(schedules, 'schedule')} of ${strategy}, which is not complete`,
    complete || within === undefined || found
      ? ''
      : `none fails with at most ${plural(within, 'preemption')}`,
    programs !== undefined && programs > 1 ? `${number(programs)} programs` : '',
    `${seconds.toFixed(2)} s${rate}`,
    complete
      ? ''
      : `about ${plural(traces, 'trace')}${last === undefined ? '' : `, ${last} new in the last thousand`}`,
    corpus.ran > 0 ? `${plural(corpus.ran, 'kept schedule')} run first` : '',
    ...corpus.outdated.map((token) => `of another version: ${token}`),
  ]
    .filter(Boolean)
    .join('; ');
}

function printFound(report: ReportData, found: Found): string[] {
  const { failure, trace, cause, shrunk, token, schedule, program, preemptions } = found;
  const where = failure.task === undefined ? '' : `${failure.task}: `;
  return [
    `${report.test} failed (${failure.kind}): ${where}${failure.message}`,
    ...(failure.details ?? []).map((line) => `  ${line}`),
    '',
    ...(program === undefined ? [] : [`program: ${brief(program, 400)}`, '']),
    ...printSteps(found.tasks, trace),
    '',
    ...(cause ? [...printCause(cause), ''] : []),
    schedule === undefined
      ? 'run from its token'
      : `found in ${report.programs === undefined ? 'schedule' : 'program'} ${number(schedule + 1)}`,
    ...(preemptions === undefined ? [] : [sayPreemptions(preemptions)]),
    ...(shrunk
      ? [`shrunk in ${plural(shrunk.replays, 'replay')}: ${sizes(shrunk.from)} → ${sizes(shrunk.to)}`]
      : []),
    ...(report.kept === undefined ? [] : [`kept in ${report.kept}`]),
    ...(report.page === undefined ? [] : [`page: ${report.page}`]),
    `token: ${token}`,
    `replay: await replay(scenario, '${token}')`,
  ];
}

function sayPreemptions(count: number): string {
  if (count === 0) return 'needs no preemption';
  return `needs ${plural(count, 'preemption')}: none fails with fewer`;
}

function sizes({
  draws,
  faults,
  switches,
  steps,
}: {
  draws: number;
  faults: number;
  switches: number;
  steps: number;
}): string {
  const parts = [draws > 0 && plural(draws, 'draw'), faults > 0 && plural(faults, 'fault')];
  return [...parts, plural(switches, 'switch', 'switches'), plural(steps, 'step')].filter(Boolean).join(', ');
}

/** A column for each task, a line for each step. */
export function printSteps(tasks: readonly string[], trace: readonly TraceStep[]): string[] {
  if (trace.length === 0) return ['no step was made'];
  const cells = trace.map(cell);
  const shown = tasks.filter((task) => trace.some((step) => step.task === task));
  const widths = shown.map((task) =>
    trace.reduce(
      (width, step, at) => (step.task === task ? Math.max(width, (cells[at] as string).length) : width),
      task.length,
    ),
  );
  const total = widths.reduce((sum, width) => sum + width + 3, 4);
  const inColumns = total <= WIDEST;
  const line = (mark: string, texts: readonly string[]) =>
    `${mark.padStart(4)} ${texts.map((text, at) => text.padEnd(widths[at] as number)).join(' │ ')}`.trimEnd();
  const row = (at: number) => {
    const { task } = trace[at] as TraceStep;
    const text = cells[at] as string;
    return inColumns
      ? line(
          String(at + 1),
          shown.map((column) => (column === task ? text : '')),
        )
      : `${String(at + 1).padStart(4)} ${task}: ${text}`;
  };
  const head = inColumns
    ? [line('', shown), `     ${widths.map((width) => '─'.repeat(width)).join('─┼─')}`]
    : [];
  return [...head, ...shortened(trace.map((_, at) => row(at)))];
}

/** The beginning and the end of what is too long to be read. */
function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= MOST_LINES) return lines;
  const half = MOST_LINES / 2;
  return [
    ...lines.slice(0, half),
    `     … ${number(lines.length - MOST_LINES)} more …`,
    ...lines.slice(-half),
  ];
}
