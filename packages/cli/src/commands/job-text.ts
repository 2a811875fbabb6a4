import type { JobStatus } from 'changeover/move';
import { formatColumns, formatCount, formatRows, formatTime } from '../output/format.ts';

/** The jobs for people: a table, or a few lines for each where a table would be wider than the terminal. */
export function jobsText(jobs: readonly JobStatus[], columns = Number.POSITIVE_INFINITY): string {
  const rows = jobs.map((job) => [
    job.id,
    standingOf(job),
    rowsOf(job),
    job.sourceUrl,
    job.targetUrl,
    formatTime(job.updatedAtMs),
  ]);
  const table = formatColumns([['JOB', 'STATE', 'ROWS', 'SOURCE', 'TARGET', 'LAST CHANGE'], ...rows]);
  return table.split('\n').every((line) => line.length <= columns) ? table : jobs.map(shortText).join('');
}

function shortText(job: JobStatus): string {
  const standing = `${job.id}  ${standingOf(job)}, ${rowsOf(job)} rows, ${formatTime(job.updatedAtMs)}`;
  return `${standing}\n  ${job.sourceUrl}\n  to ${job.targetUrl}\n`;
}

/** All about one job, a line each. */
export function jobText(job: JobStatus): string {
  const lines = [
    ['job', job.id],
    ['state', standingOf(job)],
    ['source', job.sourceUrl],
    ['target', job.targetUrl],
    ['filter', job.filter ?? 'none'],
    ['began', formatTime(job.startedAtMs)],
    ['last change', formatTime(job.updatedAtMs)],
    ...job.tables.map((table) => ['table', tableText(table)]),
    ['validation', validationText(job)],
  ];
  return formatColumns(lines.map(([name = '', value = '']) => [`${name}:`, value]));
}

function standingOf({ state, step }: JobStatus): string {
  return step === undefined || state === 'abandoned' ? state : `${state} (${step})`;
}

function rowsOf({ tables }: JobStatus): string {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const totals = tables.flatMap(({ totalRows }) => (totalRows === null ? [] : [totalRows]));
  if (totals.length < tables.length) return formatCount(rows);
  return `${formatCount(rows)} of ${formatCount(totals.reduce((sum, total) => sum + total, 0))}`;
}

function tableText({ source, target, rows, totalRows }: JobStatus['tables'][number]): string {
  const names = source === target ? source : `${source} as ${target}`;
  return `${names}, ${totalRows === null ? formatRows(rows) : `${formatCount(rows)} of ${formatRows(totalRows)}`} copied`;
}

function validationText({ validation }: JobStatus): string {
  if (!validation) return 'none';
  const { compared, missing, extra, different, notCompared } = validation;
  const found = `${formatCount(missing)} missing, ${formatCount(extra)} extra, ${formatCount(different)} different`;
  return `${formatRows(compared)} compared, ${found}, ${formatCount(notCompared)} not compared`;
}
