import type { OrderCoverage } from './order-counts.ts';
import { number } from './phrases.ts';

const MOST_NAMED = 20;

/** The table of orders: rows are before, columns behind. */
export function printCoverage({ kinds, counts, neverSeen }: OrderCoverage): string[] {
  const width = Math.max(0, ...kinds.map((kind) => kind.length));
  const cells = counts.map((row) => row.map((count) => (count === 0 ? '·' : number(count))));
  const heads = kinds.map((_, at) => String(at + 1));
  const widths = heads.map((head, at) =>
    Math.max(head.length, ...cells.map((row) => (row[at] as string).length)),
  );
  const line = (name: string, texts: readonly string[]) =>
    `${name.padEnd(width + 4)} ${texts.map((text, at) => text.padStart(widths[at] as number)).join(' ')}`;
  const reversed = neverSeen.filter((pair) => pair.reversed > 0);
  const neither = neverSeen.filter((pair) => pair.reversed === 0 && pair.before <= pair.behind);
  return [
    'orders of steps in conflict: how often a row came directly before a column, in another task',
    line('', heads),
    ...kinds.map((kind, at) => line(`${String(at + 1).padStart(2)}  ${kind}`, cells[at] as string[])),
    ...named(
      'never seen, but the other way round',
      reversed.map(({ before, behind }) => `${before} before ${behind}`),
    ),
    ...named(
      'seen in neither order',
      neither.map(({ before, behind }) => `${before} and ${behind}`),
    ),
  ];
}

function named(what: string, pairs: readonly string[]): string[] {
  if (pairs.length === 0) return [];
  const more = pairs.length > MOST_NAMED ? `, and ${number(pairs.length - MOST_NAMED)} more` : '';
  return [`${what}: ${pairs.slice(0, MOST_NAMED).join(', ')}${more}`];
}
