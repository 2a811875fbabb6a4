import { number } from '../search/phrases.ts';
import { printCause } from '../search/print-cause.ts';
import { printSteps } from '../search/print-report.ts';
import type { Report } from '../search/report.ts';
import { notRun } from './not-run.ts';

/** What was run, and how to run it again. */
export interface Result {
  readonly report: Report;
  /** The command that replays what was found, without its token. */
  readonly again: string;
}

/** The results for a pull request, as Markdown. */
export function summaryOf(results: readonly Result[]): string {
  return [
    '| scenario | verdict | schedules | traces | seconds | ended by |',
    '|---|---|---:|---:|---:|---|',
    ...results.map(({ report }) => row(report)),
    ...results.flatMap(failure),
    '',
  ].join('\n');
}

/** What is said of a failure, and of what is complete, is the verdict. */
const ENDED_BY: Readonly<Record<Report['ended'], string>> = {
  failed: '',
  complete: '',
  schedules: 'number of schedules',
  seconds: 'time',
  saturation: 'saturation',
};

function verdictOf(report: Report): string {
  if (notRun(report)) return 'not run';
  if (!report.passed) return '✗ failed';
  return report.complete ? '✓ complete' : '✓ passed';
}

function row(report: Report): string {
  const { test, schedules, traces, seconds, ended } = report;
  const counts = `${number(schedules)} | ${number(traces)} | ${seconds.toFixed(1)}`;
  return `| ${inline(test)} | ${verdictOf(report)} | ${counts} | ${ENDED_BY[ended]} |`;
}

function failure({ report: { test, found }, again }: Result): string[] {
  if (!found) return [];
  const { failure: failed, tasks, trace, cause, token } = found;
  const sentence = failed.message.split('\n', 1)[0] as string;
  return [
    '',
    `### ✗ ${inline(test)}`,
    '',
    `${failed.kind}: ${inline(sentence)}`,
    '',
    ...fenced([...printSteps(tasks, trace), '', ...(cause ? printCause(cause) : [])].join('\n')),
    '',
    ...fenced(`${again} ${token}`),
  ];
}

/** A block that ends where it is to end, whatever is in it. */
function fenced(text: string): string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return [fence, text, fence];
}

/** Text that is no markup, in one line of a table. */
function inline(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_{}[\]<>#|~&]/g, (each) => `&#${each.charCodeAt(0)};`);
}
