import { type Model, type Operation, outcomesOf } from '@changeover/tester';

/**
 * Whether a history is linearizable, by the definition and nothing else: some order of the returned operations and
 * of some of the open ones respects time, and the model allows it. Tries all of them, so for a handful only.
 */
export function isLinearizable<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  start: State = model.init(),
): boolean {
  const returned = operations.filter(({ returnedAt }) => returnedAt !== undefined);
  const open = operations.filter(({ returnedAt }) => returnedAt === undefined);
  return subsets(open).some((happened) =>
    permutations([...returned, ...happened]).some(
      (order) => respectsTime(order) && statesAfter(model, order, start).length > 0,
    ),
  );
}

/** Every state that some of the operations lead to, where none happened without those that returned before it. */
export function reachableStates<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
): readonly State[] {
  return subsets(operations)
    .filter((happened) =>
      operations.every((each) => happened.includes(each) || !happened.some((later) => precedes(each, later))),
    )
    .flatMap((happened) => permutations(happened).filter(respectsTime))
    .flatMap((order) => statesAfter(model, order, model.init()));
}

function respectsTime(order: readonly Operation<unknown, unknown>[]): boolean {
  return order.every((later, i) => order.slice(0, i).every((earlier) => !precedes(later, earlier)));
}

function precedes(one: Operation<unknown, unknown>, other: Operation<unknown, unknown>): boolean {
  return one.returnedAt !== undefined && one.returnedAt < other.invokedAt;
}

/** The states that an order of operations leads to, if the model allows their outputs. */
export function statesAfter<State, Input, Output>(
  model: Model<State, Input, Output>,
  order: readonly Operation<Input, Output>[],
  start: State,
): readonly State[] {
  let states = [start];
  for (const { input, output, returnedAt } of order) {
    states = states
      .flatMap((state) => outcomesOf(model, state, input))
      .filter((outcome) => returnedAt === undefined || model.equal(outcome.output, output as Output))
      .map(({ state }) => state);
  }
  return states;
}

function subsets<T>(items: readonly T[]): readonly (readonly T[])[] {
  return items.reduce<readonly (readonly T[])[]>(
    (sets, item) => [...sets, ...sets.map((set) => [...set, item])],
    [[]],
  );
}

function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}
