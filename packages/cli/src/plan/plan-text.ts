import type { Count, MovePlan, PlannedSide, PlannedTable, Survey } from 'changeover/move';
import { formatKey } from 'changeover/table';
import { operationsText, secondsText } from '../output/forecast-text.ts';
import { formatCount, formatRows } from '../output/format.ts';
import type { SidePrice } from './prices.ts';

/** A plan for people: each table, what it will take, and whether it would go through. */
export function planText(plan: MovePlan, prices: readonly SidePrice[]): string {
  const { copy, validate } = plan.forecast;
  const lines = [
    ...plan.tables.flatMap(tableLines),
    'Forecast of the whole move',
    line('copy', `${secondsText(copy.seconds)}; ${operationsText(copy.operations)}`),
    line('validate', `${secondsText(validate.seconds)}; ${operationsText(validate.operations)}`),
    ...prices.map((price) => line('price', priceText(price))),
    ...verdictLines(plan),
  ];
  return `${lines.join('\n')}\n`;
}

function line(name: string, text: string): string {
  return `  ${name.padEnd(9)} ${text}`;
}

function tableLines(table: PlannedTable): readonly string[] {
  const { source, target, mark, survey } = table;
  return [
    source.table === target.table ? source.table : `${source.table} as ${target.table}`,
    line('source', sideText(source)),
    line('target', `${sideText(target)}, ${STATES[target.state]}`),
    ...(mark?.state === 'live' ? [line('', `marked by the unfinished job ${mark.job}`)] : []),
    line('rows', `${countText(survey.rows, formatRows)}, ${countText(survey.bytes, bytesText)}`),
    ...largestLines(table),
    ...valueLines(survey),
    ...(table.consents.length > 0 ? [line('consent', '--into-existing or --recreate')] : []),
  ];
}

const STATES: Readonly<Record<PlannedTable['target']['state'], string>> = {
  absent: 'no such table yet',
  empty: 'an empty table',
  filled: 'a table with rows',
};

function sideText({ store, location, layout, mapping }: PlannedSide): string {
  return `${store} ${location}, ${layout === 'own' ? 'own layout' : `mapped by ${mapping ?? 'its URL'}`}`;
}

/** Whether a number was counted or estimated is never left out. */
function countText(count: Count | null, format: (number: number) => string): string {
  if (!count) return 'not known';
  return count.exact ? format(count.value) : `about ${format(count.value)} (estimated)`;
}

function largestLines({ survey, limits }: PlannedTable): readonly string[] {
  if (survey.rowsLookedAt === 0) return [];
  const { largest } = survey;
  const parts = [
    `row ${within(largest.rowBytes, limits.rowBytes, bytesText)}`,
    `key ${within(largest.keyBytes, limits.keyBytes, bytesText)}`,
    `${within(largest.properties, limits.properties, formatCount)} properties`,
    `property name ${within(largest.propertyNameBytes, limits.propertyNameBytes, bytesText)}`,
  ];
  return [line('largest', parts.join(', '))];
}

function within(largest: number, limit: number, format: (number: number) => string): string {
  return limit === Number.POSITIVE_INFINITY
    ? format(largest)
    : `${format(largest)} of at most ${format(limit)}`;
}

function valueLines({ coverage, rowsLookedAt, problems, otherProblemRows }: Survey): readonly string[] {
  const looked = coverage === 'scan' ? 'every row was looked at' : `a sample of ${formatRows(rowsLookedAt)}`;
  if (problems.length === 0) return [line('values', `${looked}: the target can hold them all`)];
  const listed = problems.map(({ property, reason, example, rows }) => {
    const subject = property === null ? 'the row' : `property ${JSON.stringify(property)}`;
    return line('', `${formatRows(rows)}: ${subject} ${reason}; first ${formatKey(example)}`);
  });
  const rest = otherProblemRows > 0 ? [line('', `${formatRows(otherProblemRows)}: other problems`)] : [];
  return [line('values', `${looked}: the target cannot hold`), ...listed, ...rest];
}

function priceText({ side, store, amount, currency, asOf, from }: SidePrice): string {
  if (amount === null) return `${side}: no price is known for ${store}; --prices FILE takes a list`;
  return `${side}: ${amountText(amount)} ${currency ?? ''} (${asOf ?? ''}, ${from ?? ''})`;
}

/** Operations are cheap: most moves cost a part of a cent, which must not look like nothing. */
function amountText(amount: number): string {
  return amount > 0 && amount < 0.01 ? 'less than 0.01' : amount.toFixed(2);
}

function verdictLines({ job, steps, resumed, refusals }: MovePlan): readonly string[] {
  if (refusals.length === 0) {
    return [`The move would ${resumed ? 'go on with' : 'do'} ${steps.join(', ')} (job ${job}).`];
  }
  return [
    'The move would be refused:',
    ...refusals.flatMap(({ code, message, hint = '' }) => [`  ${message} (${code})`, `    ${hint}`]),
  ];
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** `312 bytes`, `21.3 MB` */
function bytesText(bytes: number): string {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return step === 0 ? `${bytes} bytes` : `${(bytes / 1000 ** step).toFixed(1)} ${UNITS[step] ?? ''}`;
}
