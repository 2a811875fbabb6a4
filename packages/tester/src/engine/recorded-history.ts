import {
  checkLinearizability,
  History,
  type Invocation,
  type Model,
  renderWindow,
  smallestWindow,
} from '../history/index.ts';
import { reads, writes } from './footprint.ts';
import type { Finding, Parking } from './parking.ts';

/** How the calls of an object are operations of a model. */
export interface Recorded<T, Input, Output> {
  input(method: keyof T & string, args: readonly never[]): Input;
  /** What the model gives, in place of what the method does. The result as it is, if not given. */
  output?(method: keyof T & string, result: unknown): Output;
  /**
   * What an error says of its call: it had no effect, or nobody knows; or it is an answer that the model knows. Without
   * it, nobody knows.
   */
  error?(error: unknown): 'none' | 'unknown' | { readonly output: Output };
}

export interface HistoryOptions<Input> {
  /** Steps of the model that a check may take. */
  readonly budget?: number;
  /** What kind of operation this is, in a table of orders: its steps are of that kind. */
  kindOf?(input: Input): string;
}

/** The return of one call before the invocation of another is an order that must be explained: it may not be swapped. */
const RETURNS = reads('#calls');

/** What the tasks of a schedule asked for and were answered. It is checked against the model when the schedule is over. */
export class RecordedHistory<State, Input, Output> {
  readonly history = new History<Input, Output>();
  private readonly parking: Parking;
  private readonly model: Model<State, Input, Output>;
  private readonly kindOf: ((input: Input) => string) | undefined;
  private readonly owners = new Map<Invocation<Input, Output>, { readonly state: string }>();

  constructor(
    parking: Parking,
    model: Model<State, Input, Output>,
    { budget, ...options }: HistoryOptions<Input> = {},
  ) {
    this.parking = parking;
    this.model = model;
    this.kindOf = options.kindOf?.bind(options);
    parking.keeps(this.history);
    parking.checkAtEnd((thoroughly) => this.incomplete() ?? this.unexplained(thoroughly, budget));
  }

  /** The same object; its calls are written down as operations of the task that makes them. */
  recorded<T extends object>(target: T, how: Recorded<T, Input, Output>): T {
    return new Proxy(target, {
      get: (_, key) => {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function' || typeof key === 'symbol') return value;
        const method = key as keyof T & string;
        return (...args: never[]) =>
          this.operation(
            how.input(method, args),
            () => Reflect.apply(value, target, args) as Promise<unknown>,
            {
              ...(how.output ? { output: (result: unknown) => how.output?.(method, result) as Output } : {}),
              ...(how.error ? { error: how.error.bind(how) } : {}),
            },
          );
      },
    });
  }

  /** Writes one operation down while it happens. */
  async operation<R>(
    input: Input,
    act: () => Promise<R>,
    how: { output?(result: R): Output; error?: Recorded<object, Input, Output>['error'] } = {},
  ): Promise<R> {
    const owner = this.parking.running();
    const task = owner?.task.name ?? 'nobody';
    this.parking.touch(writes(`#calls/${task}`));
    const invocation = this.history.invoke(task, input);
    const { kindOf } = this;
    if (owner) this.owners.set(invocation, owner);
    if (owner && kindOf) this.parking.operates(owner, () => kindOf(input));
    try {
      const result = await act();
      this.returned(invocation, how.output ? how.output(result) : (result as unknown as Output));
      return result;
    } catch (error) {
      const said = how.error?.(error) ?? 'unknown';
      if (typeof said === 'object') this.returned(invocation, said.output);
      else invocation.failed(error, said);
      throw error;
    } finally {
      if (owner && kindOf) this.parking.operates(owner, undefined);
    }
  }

  private returned(invocation: Invocation<Input, Output>, output: Output): void {
    this.parking.touch(RETURNS);
    invocation.returned(output);
    this.parking.progress();
  }

  /** An operation may stay open if it failed, or if the task that made it has crashed. */
  private incomplete(): Finding | undefined {
    for (const [invocation, owner] of this.owners) {
      const open = invocation.returnedAt === undefined && invocation.error === undefined;
      if (open && owner.state !== 'crashed') {
        return {
          kind: 'incomplete',
          message: `${invocation.task} never got an answer to ${say(invocation.input)}`,
        };
      }
    }
    return undefined;
  }

  private unexplained(thoroughly: boolean, budget: number | undefined): Finding | undefined {
    const options = budget === undefined ? {} : { budget };
    const result = checkLinearizability(this.model, this.history.operations(), options);
    if (result.verdict === 'linearizable') return undefined;
    if (result.verdict === 'unknown') {
      return {
        kind: 'undecided',
        message: `no order was found that explains the answers, in ${result.steps} steps`,
      };
    }
    const window = thoroughly ? smallestWindow(this.model, result, options) : undefined;
    if (window) this.parking.unexplained(this.history, window);
    return {
      kind: 'history',
      message: 'no order of the operations explains what they returned',
      details: window ? renderWindow(window).split('\n') : [],
    };
  }
}

function say(input: unknown): string {
  return typeof input === 'string' ? input : JSON.stringify(input);
}
