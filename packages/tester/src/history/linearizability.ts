import type { Operation } from './history.ts';
import { LinearizationSearch, type Verdict } from './linearization-search.ts';
import type { Model, PartitionKey } from './model.ts';

/** Less than a second of work for a cheap model; a history of 20 operations takes tens of steps. */
const DEFAULT_BUDGET = 5_000_000;

export interface CheckOptions {
  /** How often the model may be asked for a step, over all partitions. */
  readonly budget?: number;
}

export interface Linearizable {
  readonly verdict: 'linearizable';
  /** How often the model was asked for a step. */
  readonly steps: number;
}

/** No order explains the operations of one partition, or, with `unknown`, none was found within the budget. */
export interface NotLinearizable<Input, Output> {
  readonly verdict: 'violation' | 'unknown';
  readonly steps: number;
  /** Undefined if the history was checked as a whole. */
  readonly partition: PartitionKey | undefined;
  /** Those of the partition, in the order of invocation. */
  readonly operations: readonly Operation<Input, Output>[];
}

export type CheckResult<Input, Output> = Linearizable | NotLinearizable<Input, Output>;

/**
 * Whether the operations could have happened one after another, each at one instant between its invocation and its
 * response, as the model says: linearizability (Herlihy and Wing 1990).
 *
 * Partitions are checked one by one (Horn and Kroening 2015), each with at most its even share of what is left of the
 * budget, so that a hard one does not hide a violation in another. A violation anywhere is one of the whole.
 *
 * @throws RangeError if an operation returns before it was invoked
 */
export function checkLinearizability<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  options: CheckOptions = {},
): CheckResult<Input, Output> {
  const budget = options.budget ?? DEFAULT_BUDGET;
  let undecided: NotLinearizable<Input, Output> | undefined;
  let steps = 0;
  const partitions = partition(model, inOrder(operations));
  let left = partitions.size;
  for (const [key, part] of partitions) {
    const search = new LinearizationSearch(model, part, model.init());
    const verdict: Verdict = search.run(Math.floor((budget - steps) / left));
    steps += search.steps;
    left -= 1;
    if (verdict === 'violation') return { verdict, steps, partition: key, operations: part };
    if (verdict === 'unknown') undecided ??= { verdict, steps, partition: key, operations: part };
  }
  return undecided ? { ...undecided, steps } : { verdict: 'linearizable', steps };
}

type Operations<Input, Output> = readonly Operation<Input, Output>[];

function inOrder<Input, Output>(operations: Operations<Input, Output>): Operations<Input, Output> {
  let sorted = true;
  for (let i = 0; i < operations.length; i += 1) {
    const { id, task, invokedAt, returnedAt } = operations[i]!;
    if (returnedAt !== undefined && !(returnedAt >= invokedAt)) {
      throw new RangeError(
        `operation ${id} of task ${task} returns at event ${returnedAt}, before its invocation at ${invokedAt}`,
      );
    }
    if (i > 0 && operations[i - 1]!.invokedAt > invokedAt) sorted = false;
  }
  return sorted ? operations : operations.toSorted((a, b) => a.invokedAt - b.invokedAt);
}

function partition<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: Operations<Input, Output>,
): ReadonlyMap<PartitionKey | undefined, Operations<Input, Output>> {
  const whole = () => new Map([[undefined, operations]]);
  if (!model.partition) return whole();
  const parts = new Map<PartitionKey, Operation<Input, Output>[]>();
  for (const operation of operations) {
    const key = model.partition(operation.input);
    if (key === undefined) return whole();
    const part = parts.get(key);
    if (part) part.push(operation);
    else parts.set(key, [operation]);
  }
  return parts;
}
