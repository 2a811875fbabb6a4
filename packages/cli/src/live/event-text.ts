import type { LiveEvent, WaitedFor } from 'changeover/coordinator';
import { formatKey } from 'changeover/table';
import { countOf, formatBar, formatRows, formatTime } from '../output/format.ts';
import { standingText } from '../output/standing-text.ts';
import { DOING, movesRows } from './doing.ts';
import type { LiveProgress } from './live-view.ts';

type TaskFinished = LiveEvent & { readonly event: 'taskStarted' | 'taskFinished' };
/** What is said in a line of its own. */
type Said = Exclude<LiveEvent, LiveProgress | TaskFinished>;

/** A line for what happened, or undefined if it tells a person nothing. */
export function eventText(event: Said): string | undefined {
  switch (event.event) {
    case 'drives':
      return event.resumed ? `${event.migration}: going on` : `${event.migration}: beginning`;
    case 'turned':
      return `setting out for the ${event.side}`;
    case 'phase':
      return event.state === 'begun'
        ? `phase ${event.number}, ${event.phase}: telling the clients`
        : `phase ${event.number}, ${event.phase}: everybody is in it`;
    case 'waiting':
      return event.clients.length === 0
        ? undefined
        : `waiting for ${event.clients.map(clientText).join('; ')}`;
    case 'difference':
      return differenceText(event);
    case 'follows':
      return `another process drives it, and is followed: ${event.holder}`;
    case 'retired':
      return retiredEventText(event);
    case 'reached':
      return undefined;
  }
}

function retiredEventText({ side, table, newTable, why }: Said & { readonly event: 'retired' }): string {
  const name = JSON.stringify(table);
  return newTable === null
    ? `the ${side} table ${name} keeps its name: ${why}`
    : `the ${side} table ${name} is renamed to ${JSON.stringify(newTable)}`;
}

/** `app (process 12 on host, group a), which must be heard from by 2026-11-28 06:01:52 UTC` */
function clientText({ label, pid, host, group, leaseUntilMs }: WaitedFor): string {
  const until = leaseUntilMs === null ? '' : `, which must be heard from by ${formatTime(leaseUntilMs)}`;
  return `${label} (process ${pid} on ${host}${group === '' ? '' : `, group ${group}`})${until}`;
}

/** `bring: bringing partitions, 1,234 of 5,000 rows (24%), 300 rows/s, about 13 s left, 3 partitions` */
export function progressText(progress: LiveProgress): string {
  return `${progress.task}: ${DOING[progress.task]}, ${countsText(progress)}`;
}

const BAR_WIDTH = 20;

/** The same, with a bar in it. */
export function barText(progress: LiveProgress): string {
  const { task, rows, totalRows, shards, shardsDone, finished } = progress;
  const done = movesRows(task) && totalRows ? rows / totalRows : shardsDone / Math.max(1, shards);
  return `${DOING[task]}  ${formatBar(finished ? 1 : done, BAR_WIDTH)}  ${countsText(progress)}`;
}

export function finishedText({ task, counts }: TaskFinished): string {
  const { partitions, copied, compared, differences } = counts;
  const parts = [countOf(partitions, 'partition')];
  if (copied > 0) parts.push(`${formatRows(copied)} copied`);
  if (compared > 0) parts.push(`${formatRows(compared)} compared`);
  if (differences > 0) parts.push(`${formatRows(differences)} different`);
  return `${task}: done, ${parts.join(', ')}`;
}

function countsText(progress: LiveProgress): string {
  const partitions = countOf(progress.partitions, 'partition');
  return movesRows(progress.task) ? `${standingText(progress)}, ${partitions}` : partitions;
}

function differenceText(difference: Said & { readonly event: 'difference' }): string {
  const { kind, reason, table, properties } = difference;
  const names = properties.length === 0 ? '' : `: ${properties.map(({ name }) => name).join(', ')}`;
  return `${kind} (${reason}): table ${table}, row ${formatKey(difference)}${names}`;
}
