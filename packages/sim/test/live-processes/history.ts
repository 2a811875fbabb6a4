import {
  checkLinearizability,
  type Model,
  type Operation,
  renderWindow,
  smallestWindow,
} from '@changeover/tester';
import type { Version } from 'changeover/table';
import {
  type BoxInput,
  type BoxOutput,
  type BoxState,
  type BoxWrite,
  type Cell,
  numberOf,
  showRows,
  tableModel,
} from '../../src/live/black-box.ts';
import type { RecordedAnswer, RecordedCall, RecordedLine } from './record.ts';

/** A call with what became of it, which is unknown of one whose process was killed. */
export interface RecordedOperation {
  readonly process: number;
  readonly asked: RecordedCall;
  readonly calledAt: number;
  readonly returnedAt: number | undefined;
  readonly answer: RecordedAnswer | undefined;
}

/** A call, and whether versions may have changed without a write before it returned. */
type Input = BoxInput & { readonly stripped: boolean };

/** How often the model may be asked for a step, for one partition. */
const BUDGET = 20_000_000;

/** Reads what one process wrote down. A kill may have left the last line in parts: then that was not answered. */
export function operationsOf(process: number, text: string): readonly RecordedOperation[] {
  const lines = text.split('\n').slice(0, -1);
  const operations: RecordedOperation[] = [];
  for (const line of lines) {
    const recorded = JSON.parse(line) as RecordedLine;
    if ('call' in recorded) {
      const { asked, at } = recorded;
      operations[recorded.call] = { process, asked, calledAt: at, returnedAt: undefined, answer: undefined };
    } else {
      const called = operations[recorded.returned] as RecordedOperation;
      operations[recorded.returned] = { ...called, returnedAt: recorded.at, answer: recorded.answer };
    }
  }
  return operations;
}

class Versions {
  /** Versions that were given for two writes. */
  readonly lies: string[] = [];
  readonly #numbers = new Map<string, number>();

  constructor(operations: readonly RecordedOperation[]) {
    for (const { asked, answer } of operations) {
      const { partitionKey } = asked;
      if (answer?.type === 'rows') {
        for (const { rowKey, version, content } of answer.rows) {
          this.#given(`${partitionKey}/${rowKey} ${version}`, numberOf(content));
        }
      }
      if (answer?.type !== 'done' || asked.type !== 'batch') continue;
      for (const [index, version] of answer.versions.entries()) {
        const write = asked.writes[index];
        if (version === null || !write) continue;
        this.#given(`${partitionKey}/${write.rowKey} ${version}`, numberOf(write.content));
      }
    }
  }

  /** The number of the write that gave this version; 0 if nobody was given it. */
  numberOf(partitionKey: string, rowKey: string, version: string): number {
    return this.#numbers.get(`${partitionKey}/${rowKey} ${version}`) ?? 0;
  }

  #given(name: string, number: number): void {
    const known = this.#numbers.get(name);
    if (known !== undefined && known !== number) {
      this.lies.push(`${name} was given for the writes ${known} and ${number}`);
    }
    this.#numbers.set(name, number);
  }
}

export interface Checking {
  readonly operations: readonly RecordedOperation[];
  readonly initial: ReadonlyMap<string, BoxState>;
  /** From when on versions may change without a write. */
  readonly strippedFrom: number;
}

/** What is wrong with the histories of the partitions; nothing if each could have happened one call after the other. */
export function faultsOf({ operations, initial, strippedFrom }: Checking): readonly string[] {
  const versions = new Versions(operations);
  const faults = [...versions.lies];
  for (const [partitionKey, each] of byPartition(operations)) {
    const history = each.flatMap((operation, id) => toHistory(operation, id, versions, strippedFrom));
    const model = modelOf(initial.get(partitionKey) ?? new Map());
    const result = checkLinearizability(model, history, { budget: BUDGET });
    if (result.verdict === 'linearizable') continue;
    const window = result.verdict === 'violation' && smallestWindow(model, result, { budget: BUDGET });
    const shown = window ? renderWindow(window) : '';
    faults.push(`partition ${partitionKey}: ${result.verdict} of ${history.length} calls\n${shown}`);
  }
  return faults;
}

function byPartition(
  operations: readonly RecordedOperation[],
): ReadonlyMap<string, readonly RecordedOperation[]> {
  const parts = new Map<string, RecordedOperation[]>();
  for (const operation of operations) {
    const { partitionKey } = operation.asked;
    const part = parts.get(partitionKey);
    if (part) part.push(operation);
    else parts.set(partitionKey, [operation]);
  }
  return parts;
}

/** Nothing for a call that is known to have had no effect, and told nothing. */
function toHistory(
  { process, asked, calledAt, returnedAt, answer }: RecordedOperation,
  id: number,
  versions: Versions,
  strippedFrom: number,
): Operation<Input, BoxOutput>[] {
  const failed = answer?.type === 'failed';
  if (failed && (asked.type !== 'batch' || answer.effect === 'none')) return [];
  const isOpen = failed || answer === undefined;
  return [
    {
      id,
      task: String(process),
      input: {
        ...inputOf(asked, versions),
        stripped: (returnedAt ?? Number.POSITIVE_INFINITY) >= strippedFrom,
      },
      invokedAt: calledAt,
      returnedAt: isOpen ? undefined : returnedAt,
      output: isOpen ? undefined : outputOf(answer),
      error: undefined,
    },
  ];
}

function inputOf(asked: RecordedCall, versions: Versions): BoxInput {
  const { partitionKey } = asked;
  if (asked.type === 'query') return { ...asked, flag: asked.flag };
  if (asked.type === 'get') return asked;
  const meant = (rowKey: string, condition: Version | undefined) =>
    condition === undefined || condition === '*'
      ? condition
      : versions.numberOf(partitionKey, rowKey, condition);
  const writes = asked.writes.map((write): BoxWrite => {
    const { kind, rowKey, content, condition } = write;
    return { kind, rowKey, content, condition: meant(rowKey, condition) };
  });
  return { type: 'batch', partitionKey, writes };
}

function outputOf(answer: Exclude<RecordedAnswer, { readonly type: 'failed' }>): BoxOutput {
  switch (answer.type) {
    case 'done':
      return 'done';
    case 'refused':
      return `${answer.code}@${answer.index}`;
    case 'rows':
      return showRows(answer.rows.map(({ rowKey, content }) => [rowKey, content]));
  }
}

/** The table of the simulations, for one partition, which does not change by what is read or refused. */
function modelOf(rows: BoxState): Model<Cell, Input, BoxOutput> {
  const [strict, stripped] = [tableModel(new Map(), false), tableModel(new Map(), true)];
  return {
    ...strict,
    init: () => ({ rows }),
    step: (cell, input) => (input.stripped ? stripped : strict).step(cell, input),
    readOnly: ({ type }, output) => type !== 'batch' || output !== 'done',
    partition: () => undefined,
  };
}
