import {
  type AnnotatedChecker,
  type AnnotatedInvocation,
  annotated,
  checkLinearizability,
  type Footprint,
  joined,
  type Operation,
  reads,
  writes,
} from '@changeover/tester';
import { blackBox } from './black-box.ts';
import type { Filter, Row, Witness } from './protocol/index.ts';
import { StreamWindow } from './stream-window.ts';
import {
  type Answer,
  type Asked,
  type Call,
  type Input,
  type Rows,
  sameAnswer,
  virtualTable,
} from './virtual-table.ts';

/** What the applications believe to be there is shared state too: it is looked at here, and nowhere else. */
const PLACE = 'virtual';

/**
 * Compares what applications are answered with one table, in two ways that know nothing of each other: at the instants
 * at which the protocol says that something takes effect, and from calls and answers alone.
 */
export class Judge {
  readonly #initial: Rows;
  readonly #checker: AnnotatedChecker<Rows, Input, Answer>;
  readonly #touch: (footprint: Footprint) => void;
  /** All that the table has been, oldest first. */
  readonly #states: Rows[];

  /** @param touch is told what a judgement looks at, beside what the call under judgement does */
  constructor(initial: Rows, touch: (footprint: Footprint) => void) {
    this.#initial = initial;
    this.#checker = annotated(virtualTable(initial));
    this.#touch = touch;
    this.#states = [initial];
  }

  /** The table as it is now. */
  get now(): Rows {
    return this.#states.at(-1) as Rows;
  }

  /** The version that the row has; undefined if there is no row. */
  versionOf(partition: string, row: string): string | undefined {
    this.#touch(reads(`${PLACE}/${partition}/${row}`));
    return this.now.get(`${partition}/${row}`)?.version;
  }

  /** The words of one party, which does one thing at a time. */
  witnessFor(
    task: string,
  ): Witness & { perform<A extends Answer>(call: Call, act: () => Promise<A>): Promise<A> } {
    let current: { input: Asked; invocation: AnnotatedInvocation<Rows, Input, Answer> } | undefined;
    return {
      perform: async (call, act) => {
        const input: Asked = { call, answer: undefined };
        current = { input, invocation: this.#checker.invoke(task, input) };
        const answer = await act();
        current.invocation.returned(answer);
        return answer;
      },
      takesEffect: (answer) => {
        if (!current) throw new Error(`${task} has nothing under way that could take effect`);
        const { input, invocation } = current;
        input.answer = answer;
        const [expected] = invocation.linearize() as readonly [Answer];
        this.#states.push(this.#checker.states[0] as Rows);
        this.#touch(touchedBy(input.call, answer));
        if (!sameAnswer(expected, answer)) {
          throw new Error(
            `${task}: ${JSON.stringify(input.call)} came to ${JSON.stringify(answer)} instead of ${JSON.stringify(expected)}`,
          );
        }
      },
      versionChanged: (row, version) => {
        const invocation = this.#checker.invoke(task, { moved: row, version });
        invocation.linearize();
        this.#states.push(this.#checker.states[0] as Rows);
        this.#touch(writes(`${PLACE}/${row.partition}/${row.row}`));
        invocation.returned({ versions: [version] });
      },
    };
  }

  /** A stream is being opened. */
  window(filter: Filter | undefined): { check(row: Row | undefined): void } {
    this.#touch(reads(PLACE));
    const opened = this.#states.length - 1;
    const window = new StreamWindow(filter, () => this.#states.slice(opened));
    return {
      check: (row) => {
        this.#touch(reads(PLACE));
        window.check(row);
      },
    };
  }

  /** What the applications asked for, and were answered. */
  get calls(): readonly Operation<Asked, Answer>[] {
    return this.#checker.history.operations().filter(isCall);
  }

  /** @throws if no order of the calls explains the answers */
  finish(): void {
    this.#checker.finish();
    const { calls } = this;
    const result = checkLinearizability(blackBox(this.#initial), calls);
    if (result.verdict !== 'linearizable') {
      throw new Error(
        `no order of the calls explains their answers (${result.verdict}): ${JSON.stringify(calls)}`,
      );
    }
  }
}

function isCall(operation: Operation<Input, Answer>): operation is Operation<Asked, Answer> {
  return 'call' in operation.input;
}

function touchedBy(call: Call, answer: Answer): Footprint {
  const partition = `${PLACE}/${call.partition}`;
  if (call.kind === 'query') return reads(partition);
  const looked = call.writes.map(({ row }) => `${partition}/${row}`);
  return 'failed' in answer
    ? joined(...looked.map((row) => reads(row)))
    : joined(...looked.map((row) => writes(row)));
}
