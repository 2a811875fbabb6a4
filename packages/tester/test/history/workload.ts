import { History, type Model, type Operation, outcomesOf } from '@changeover/tester';

/** A number from 0 to below `n`; the same ones for the same seed. */
export type Draw = (n: number) => number;

/** Numerical Recipes' linear congruential generator: good enough to mix workloads. */
export function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

interface Client<Input, Output> {
  readonly task: string;
  left: number;
  advance: (client: Client<Input, Output>) => void;
}

/** What clients see of an object that is right: each operation takes effect at some instant while it is under way. */
export function simulate<State, Input, Output>(
  model: Model<State, Input, Output>,
  { clients, each, draw }: { readonly clients: number; readonly each: number; readonly draw: Draw },
  nextInput: () => Input,
): Operation<Input, Output>[] {
  const history = new History<Input, Output>();
  let state = model.init();

  function invoke(client: Client<Input, Output>): void {
    const input = nextInput();
    const invocation = history.invoke(client.task, input);
    client.advance = () => {
      const outcomes = outcomesOf(model, state, input);
      const { state: next, output } = outcomes[draw(outcomes.length)]!;
      state = next;
      client.advance = () => {
        invocation.returned(output);
        client.left -= 1;
        client.advance = invoke;
      };
    };
  }

  const busy = Array.from({ length: clients }, (_, i) => ({
    task: `client${i}`,
    left: each,
    advance: invoke,
  }));
  while (busy.length > 0) {
    const turn = draw(busy.length);
    const client = busy[turn]!;
    client.advance(client);
    if (client.left === 0) busy.splice(turn, 1);
  }
  return [...history.operations()];
}
