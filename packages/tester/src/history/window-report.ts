import { inspect } from 'node:util';
import type { Operation } from './history.ts';
import type { PartitionKey } from './model.ts';
import type { ViolationWindow } from './window.ts';

/** More operations than this are not read by anyone; the last ones lie next to the contradiction. */
const MOST_LINES = 20;

/** An operation as text that any reader understands, whatever the values are. */
export interface OperationReport {
  readonly id: number;
  readonly task: string;
  readonly input: string;
  /** Undefined if it never returned. */
  readonly output: string | undefined;
  readonly error: string | undefined;
  readonly invokedAt: number;
  readonly returnedAt: number | undefined;
}

/** A window that survives JSON, with inputs and outputs as text. */
export interface WindowReport {
  readonly partition: PartitionKey | undefined;
  readonly from: number;
  readonly to: number;
  readonly operations: readonly OperationReport[];
  readonly culprit: OperationReport;
  readonly expected: readonly string[];
  /** The operations of the longest linearizable prefix, by their ids, in an order that explains it. */
  readonly prefix: readonly number[];
  readonly states: number;
  readonly complete: boolean;
}

export function reportWindow<Input, Output>(window: ViolationWindow<Input, Output>): WindowReport {
  return {
    partition: window.partition,
    from: window.from,
    to: window.to,
    operations: window.operations.map(reportOperation),
    culprit: reportOperation(window.culprit),
    expected: window.expected.map(showValue),
    prefix: window.prefix.map(({ id }) => id),
    states: window.states,
    complete: window.complete,
  };
}

/** The window for a person: what cannot be, what was expected, and what went on meanwhile, a line each. */
export function renderWindow<Input, Output>(window: ViolationWindow<Input, Output>): string {
  const { partition, from, to, culprit, operations, expected, prefix, states, complete } =
    reportWindow(window);
  const where = partition === undefined ? '' : ` in partition ${showValue(partition)}`;
  const shown = operations.slice(-MOST_LINES);
  const hidden = operations.length - shown.length;
  const markOf = ({ id, invokedAt, returnedAt = Number.POSITIVE_INFINITY }: OperationReport) => {
    if (id === culprit.id) return '✗';
    return invokedAt < from || returnedAt > to ? '~' : ' ';
  };
  const start = states === 1 ? 'the initial state' : `any of the ${states} states that can come before`;
  return [
    `not linearizable${where}: ${culprit.task}: ${culprit.input} gave ${culprit.output}, expected ${alternatives(expected, complete)}`,
    `events ${from} to ${to} have no order that explains them from ${start}:`,
    ...(hidden > 0 ? [`  … ${hidden} more operations`] : []),
    ...columns(shown.map((operation) => [markOf(operation), ...cells(operation)])),
    ...(shown.some((operation) => markOf(operation) === '~')
      ? ['~ was under way at either end: it may have had any effect, or none']
      : []),
    ...(prefix.length > 0 ? [`what comes before ${to} is explained by the order ${lastOf(prefix)}`] : []),
    ...(complete ? [] : ['the budget was spent: there may be a smaller window, and other outputs']),
  ].join('\n');
}

/** A value on one line. */
export function showValue(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  const options = { breakLength: Number.POSITIVE_INFINITY, compact: true, depth: 4, maxStringLength: 60 };
  return inspect(value, options).replace(/\s*\n\s*/g, ' ');
}

function reportOperation({
  id,
  task,
  input,
  output,
  error,
  invokedAt,
  returnedAt,
}: Operation<unknown, unknown>): OperationReport {
  return {
    id,
    task,
    input: showValue(input),
    output: returnedAt === undefined ? undefined : showValue(output),
    error: error === undefined ? undefined : showValue(error),
    invokedAt,
    returnedAt,
  };
}

function alternatives(expected: readonly string[], complete: boolean): string {
  if (expected.length > 0) return expected.join(' or ');
  return complete ? 'that it does not succeed' : 'something else';
}

function cells(operation: OperationReport): readonly string[] {
  const { id, invokedAt, returnedAt, task, input, output, error } = operation;
  const open = error === undefined ? 'never returned' : `unknown effect: ${error}`;
  return [`#${id}`, `${invokedAt}–${returnedAt ?? ''}`, task, `${input} → ${output ?? open}`];
}

function columns(rows: readonly (readonly string[])[]): readonly string[] {
  // The last column needs no padding.
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
}

function lastOf(ids: readonly number[]): string {
  const shown = ids.slice(-MOST_LINES).map((id) => `#${id}`);
  return `${ids.length > shown.length ? '… ' : ''}${shown.join(' ')}`;
}
