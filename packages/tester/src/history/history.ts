/**
 * One call as whoever made it saw it. Times are numbers of events, not of a clock: of two events of a history the
 * earlier has the smaller number.
 */
export interface Operation<Input, Output> {
  /** Counts the invocations of a history, from 0. */
  readonly id: number;
  readonly task: string;
  readonly input: Input;
  readonly invokedAt: number;
  /** Undefined while the operation is open: it may take effect at any later time, or never. */
  readonly returnedAt: number | undefined;
  /** Means something only if the operation has returned. */
  readonly output: Output | undefined;
  /** Why an operation that failed with unknown effect is open. */
  readonly error: unknown;
}

/** An operation under way. Whoever invoked it ends it once, with either method, or never. */
export class Invocation<Input, Output> implements Operation<Input, Output> {
  readonly id: number;
  readonly task: string;
  readonly input: Input;
  readonly invokedAt: number;
  returnedAt: number | undefined = undefined;
  output: Output | undefined = undefined;
  error: unknown = undefined;
  #ended = false;
  readonly #history: History<Input, Output>;

  constructor(history: History<Input, Output>, id: number, task: string, input: Input, invokedAt: number) {
    this.#history = history;
    this.id = id;
    this.task = task;
    this.input = input;
    this.invokedAt = invokedAt;
  }

  /** The caller has its answer. An error that the model knows, such as a lost race, is an answer too. */
  returned(output: Output): void {
    this.#end();
    this.output = output;
    this.returnedAt = this.#history.nextEvent();
  }

  /** The caller has an error. After `none` it is as if never invoked; after `unknown` it stays open for ever. */
  failed(error: unknown, effect: 'none' | 'unknown'): void {
    this.#end();
    this.error = error;
    if (effect === 'none') this.#history.leaveOut(this);
    else this.#history.nextEvent();
  }

  #end(): void {
    if (this.#ended) throw new Error(`operation ${this.id} of task ${this.task} has already ended`);
    this.#ended = true;
  }
}

/** What the tasks of one run asked for and were answered, in the order in which it happened. */
export class History<Input, Output> {
  readonly #invocations: Invocation<Input, Output>[] = [];
  #leftOut: Set<Operation<Input, Output>> | undefined;
  #events = 0;

  /** A task may have several operations under way, and may go on after one that stays open. */
  invoke(task: string, input: Input): Invocation<Input, Output> {
    const invocation = new Invocation(this, this.#invocations.length, task, input, this.nextEvent());
    this.#invocations.push(invocation);
    return invocation;
  }

  /** In the order of invocation, without those that failed with no effect. A view: those under way may yet return. */
  operations(): readonly Operation<Input, Output>[] {
    const leftOut = this.#leftOut;
    return leftOut ? this.#invocations.filter((each) => !leftOut.has(each)) : this.#invocations.slice();
  }

  /** Numbers an event that is happening now. */
  nextEvent(): number {
    const event = this.#events;
    this.#events = event + 1;
    return event;
  }

  /** Takes an operation back that had no effect. */
  leaveOut(operation: Operation<Input, Output>): void {
    this.#leftOut ??= new Set();
    this.#leftOut.add(operation);
  }
}
