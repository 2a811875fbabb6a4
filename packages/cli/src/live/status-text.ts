import type { MigrationStatus } from 'changeover/coordinator';
import { countOf, formatColumns, formatCount, formatRows, formatTime } from '../output/format.ts';
import { standingText } from '../output/standing-text.ts';
import { DOING, movesRows } from './doing.ts';
import { nextText } from './stage-text.ts';

/** So many of the journal's last lines say what it did of late. */
const JOURNAL_LINES = 8;

/** Migrations for people: a table. */
export function migrationsText(migrations: readonly MigrationStatus[]): string {
  const rows = migrations.map(({ name, stage, phase, clients, source, target }) => [
    name,
    stage,
    phase.name,
    formatCount(clients.length),
    source.url,
    target.url,
  ]);
  return formatColumns([['NAME', 'STAGE', 'PHASE', 'CLIENTS', 'SOURCE', 'TARGET'], ...rows]);
}

/** Where it stands, in one line. */
export function summaryText(status: MigrationStatus): string {
  return `${status.name}: ${status.stage}, phase ${phaseText(status)}; ${doesText(status)}`;
}

/** All about one, at about one moment. */
export function statusText(status: MigrationStatus): string {
  const { name, source, target, retired, stage, driver, settings, createdAtMs } = status;
  const lines = [
    ['migration', name],
    ['source', source.url],
    ['target', target.url],
    ...(retired ? [['retired', retiredText(retired)]] : []),
    ['created', formatTime(createdAtMs)],
    ['stage', stage],
    ['phase', phaseText(status)],
    ['goal', goalText(status)],
    ['does', doesText(status)],
    ['driven by', driver ? driverText(driver) : 'nobody'],
    ['pace', paceText(settings)],
    ['clients', status.clients.length === 0 ? 'none' : formatCount(status.clients.length)],
  ];
  const journal = status.journal.slice(-JOURNAL_LINES);
  const next = nextText(status);
  return [
    formatColumns(lines.map(([key = '', value = '']) => [`${key}:`, value])),
    ...status.clients.map((client) => `  ${clientLine(client, status)}\n`),
    ...(journal.length === 0 ? [] : ['journal:\n']),
    ...journal.map(({ atMs, who, what }) => `  ${formatTime(atMs)}  ${what} (${who})\n`),
    ...(next === undefined ? [] : [`${next}\n`]),
  ].join('');
}

/** `the source table, renamed to "orders_retired_orders": sqlite:/app.db#orders_retired_orders`, and what is left of it. */
export function retiredText({
  side,
  table,
  url,
  renamed,
  why,
  wiped,
}: NonNullable<MigrationStatus['retired']>): string {
  const name = renamed ? `renamed to ${JSON.stringify(table)}` : 'under its own name';
  const reason = why === null ? '' : `, since ${why}`;
  return `the ${side} table, ${name}: ${url}${reason}${wiped ? '; its rows are deleted' : ''}`;
}

function phaseText({ phase: { number, name, settled } }: MigrationStatus): string {
  return `${number}, ${name}${settled ? '' : ', which not everybody is in yet'}`;
}

const UNTIL: Readonly<Record<MigrationStatus['goal']['until'], (side: string) => string>> = {
  managed: (side) => `managed, on the way to the ${side}`,
  complete: (side) => `everything on the ${side}, and compared`,
  alone: (side) => `${side} only`,
  clean: (side) => `${side} only, for good`,
};

const RETIRED: Readonly<Record<MigrationStatus['goal']['retired'], string>> = {
  kept: '',
  renamed: ', and the other table renamed',
  wiped: ', and the other table renamed and wiped',
};

function goalText({ goal: { side, until, range, retired } }: MigrationStatus): string {
  const part = range ? `, only partitions ${rangeText(range)}` : '';
  return `${UNTIL[until](side)}${part}${until === 'clean' ? RETIRED[retired] : ''}`;
}

function rangeText({ from, through }: NonNullable<MigrationStatus['goal']['range']>): string {
  const parts = [];
  if (from !== undefined) parts.push(`from ${JSON.stringify(from)}`);
  if (through !== undefined) parts.push(`through ${JSON.stringify(through)}`);
  return parts.join(' ');
}

/** What it does, or waits for. */
function doesText(status: MigrationStatus): string {
  const { next, hold, task, settings, phase } = status;
  if (hold) return `stopped: ${hold.message}`;
  if (next === null) return 'nothing: the goal is reached';
  const late = phase.settled ? [] : status.clients.filter((client) => isLate(client, status));
  if (late.length > 0) return `${next}: ${late.map(whoText).join('; ')}`;
  if (settings.paused) return 'paused';
  return task ? taskText(task) : next;
}

type Client = MigrationStatus['clients'][number];

/** Whether it is not in the phase yet, and waited for. */
function isLate({ acknowledged, state }: Client, { phase }: MigrationStatus): boolean {
  return state !== 'dead' && (acknowledged ?? -1) < phase.number;
}

/** `shop (process 12 on host, group a), not heard from` */
function whoText({ label, pid, host, group, state }: Omit<Client, 'leaseUntilMs' | 'acknowledged'>): string {
  const of = group === '' ? '' : `, group ${group}`;
  return `${label} (process ${pid} on ${host}${of})${state === 'silent' ? ', not heard from' : ''}`;
}

function driverText(driver: NonNullable<MigrationStatus['driver']>): string {
  return whoText({ ...driver, group: '' });
}

function taskText({
  kind,
  shards,
  shardsDone,
  workers,
  totalRows,
  counts,
}: NonNullable<MigrationStatus['task']>): string {
  const rows = kind === 'validate' ? counts.compared : counts.copied;
  const standing = standingText({ rows, totalRows, rowsPerSecond: 0, etaSeconds: null });
  const far = [
    ...(movesRows(kind) ? [standing] : []),
    countOf(counts.partitions, 'partition'),
    `${shardsDone} of ${countOf(shards, 'part')} done`,
  ].join(', ');
  return `${DOING[kind]}: ${far}, by ${countOf(workers, 'worker')}`;
}

function paceText({ paused, rowsPerSecond }: MigrationStatus['settings']): string {
  const rate =
    rowsPerSecond === null ? 'as fast as the stores go' : `at most ${formatRows(rowsPerSecond)} a second`;
  return paused ? `paused (${rate})` : rate;
}

const LATE: Readonly<Record<Client['state'], string>> = {
  alive: ', waited for',
  silent: ', waited for until it was silent for a whole lease',
  dead: '',
};

function clientLine(client: Client, status: MigrationStatus): string {
  const { label, pid, host, group, acknowledged, state, leaseUntilMs } = client;
  const where = acknowledged === null ? 'in no phase yet' : `in phase ${acknowledged}`;
  const late = isLate(client, status) ? LATE[state] : '';
  const lease = leaseUntilMs === null ? '' : `, lease until ${formatTime(leaseUntilMs)}`;
  const of = group === '' ? '' : `, group ${group}`;
  return `${label} (process ${pid} on ${host}${of}): ${state}, ${where}${late}${lease}`;
}
