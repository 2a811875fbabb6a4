import { below, type Random } from '../../src/engine/random.ts';
import { type FaultBudget, nothing, reads, type Scenario, type Scope, writes } from '../../src/index.ts';

/** Something that a task does, on one of two cells. */
export interface Op {
  readonly kind: Kind | Forking;
  readonly cell: number;
  /** What those that fork do at the same time. */
  readonly branches: readonly Op[];
}

type Kind = keyof typeof OPERATIONS;
/** `both` goes on behind its two branches; `gather` touches memory there; what `decide` does next is a matter of answers. */
type Forking = 'both' | 'gather' | 'decide';

interface World {
  readonly scope: Scope;
  readonly cells: number[];
  /** State in memory, beside the calls. */
  readonly memory: number[];
  readonly locks: readonly Lock[];
  readonly signals: readonly Signal[];
}

/** Who waits for it is woken within the step of another task. */
class Signal {
  private give = (): void => undefined;
  readonly given = new Promise<void>((resolve) => {
    this.give = resolve;
  });

  send(): void {
    this.give();
  }
}

/** Answers only when it is free; whoever unlocks wakes another task within the same step. */
class Lock {
  private held = false;
  private readonly waiting: (() => void)[] = [];

  async lock(): Promise<void> {
    if (this.held) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.held = true;
  }

  unlock(): void {
    this.held = false;
    this.waiting.shift()?.();
  }
}

/** Each does something of its own kind to a cell, and gives what it saw. */
const OPERATIONS = {
  read: ({ scope, cells }: World, cell: number) =>
    scope.point('read', reads(`cell/${cell}`), () => cells[cell]),
  write: ({ scope, cells }: World, cell: number, task: number) =>
    scope.point('write', writes(`cell/${cell}`), () => {
      cells[cell] = 10 + task;
    }),
  add: ({ scope, cells }: World, cell: number, task: number) =>
    scope.call({
      label: 'add',
      footprint: writes(`cell/${cell}`),
      faults: ['before', 'after', 'duplicate'],
      error: () => new Error('lost'),
      execute: () => {
        cells[cell] = (cells[cell] as number) * 3 + task + 1;
        return cells[cell];
      },
    }),
  /** Writes if nobody has, and has only read if it is refused: at once, or by a promise. */
  claim: ({ scope, cells }: World, cell: number, task: number) => {
    const claim = () => {
      if ((cells[cell] as number) % 2 !== 0) throw new Error(`refused: ${cells[cell]}`);
      cells[cell] = (cells[cell] as number) + 7 + 2 * task;
      return cells[cell];
    };
    return scope.call({
      label: 'claim',
      footprint: writes(`cell/${cell}`),
      refused: reads(`cell/${cell}`),
      faults: ['before', 'after', 'duplicate'],
      error: () => new Error('lost'),
      execute: cell === 0 ? claim : async () => claim(),
    });
  },
  /** The same, but the refusal is an answer. */
  attempt: ({ scope, cells }: World, cell: number, task: number) =>
    scope.point('attempt', writes(`cell/${cell}`), () => {
      if ((cells[cell] as number) % 2 !== 0) {
        scope.narrow(reads(`cell/${cell}`));
        return `no: ${cells[cell]}`;
      }
      cells[cell] = (cells[cell] as number) + 5 + 2 * task;
      return cells[cell];
    }),
  sum: ({ scope, cells }: World) => scope.point('sum', reads('cell'), () => cells.join()),
  /** What a step touches may depend on a choice, and is known only when it has run. */
  maybe: ({ scope, cells }: World, cell: number) =>
    scope.point('maybe', nothing, () => {
      if (scope.choose(2) === 1) return 'no';
      scope.touch(writes(`cell/${cell}`));
      cells[cell] = (cells[cell] as number) + 1;
      return cells[cell];
    }),
  /** Touches memory after the call, not in it. */
  remember: async ({ scope, memory }: World, cell: number, task: number) => {
    await scope.point('remember', nothing, () => undefined);
    scope.touch(writes(`memory/${cell}`));
    memory[cell] = (memory[cell] as number) * 3 + task + 1;
  },
  /** What it saw of the cell goes into memory, in the same step. */
  relate: async ({ scope, cells, memory }: World, cell: number) => {
    const value = (await scope.point('relate', reads(`cell/${cell}`), () => cells[cell])) as number;
    scope.touch(writes('memory'));
    memory[0] = (memory[0] as number) * 3 + value;
    return memory.join();
  },
  wait: async ({ scope, signals }: World, cell: number) => {
    scope.touch(reads(`signal/${cell}`));
    await (signals[cell] as Signal).given;
  },
  signal: ({ scope, signals }: World, cell: number) =>
    scope.point('signal', writes(`signal/${cell}`), () => signals[cell]?.send()),
  sleep: async ({ scope }: World, cell: number) => {
    await scope.clock.sleep(5 * (cell + 1));
    return scope.clock.now();
  },
  /** A timer that calls back, and is cancelled in one case of two. */
  ring: async ({ scope, cells }: World, cell: number) => {
    const cancel = scope.clock.after(4 * (cell + 1), () => {
      scope.touch(writes(`cell/${cell}`));
      cells[cell] = (cells[cell] as number) * 2 + 1;
    });
    await scope.point('before the bell', nothing, () => undefined);
    if (cell === 1) cancel();
  },
  race: ({ scope, cells }: World, cell: number) =>
    Promise.race([
      scope.point('race', writes(`cell/${cell}`), () => {
        cells[cell] = (cells[cell] as number) + 1;
        return cells[cell];
      }),
      scope.clock.sleep(3).then(() => 'too late'),
    ]),
  lock: async ({ scope, locks, memory }: World, cell: number, task: number) => {
    const lock = locks[cell] as Lock;
    await scope.point('lock', writes(`lock/${cell}`), () => lock.lock());
    scope.touch(writes(`memory/${cell}`));
    memory[cell] = (memory[cell] as number) * 5 + task + 1;
    await scope.point('unlock', writes(`lock/${cell}`), () => lock.unlock());
  },
};

export const KINDS = (Object.keys(OPERATIONS) as readonly Kind[]).filter((kind) => kind !== 'wait');

const FORKING: readonly string[] = ['both', 'gather', 'decide'];

export function randomOp(random: Random, kinds: readonly Op['kind'][], branching = kinds): Op {
  const kind = kinds[below(random, kinds.length)] as Op['kind'];
  const simple = branching.filter((each) => !FORKING.includes(each));
  const size = kind === 'gather' || kind === 'decide' ? 2 + below(random, 2) : kind === 'both' ? 2 : 0;
  const branches = Array.from({ length: size }, () => randomOp(random, simple));
  return { kind, cell: below(random, 2), branches };
}

const ADD: Op = { kind: 'add', cell: 0, branches: [] };

export interface RandomOptions {
  readonly faults?: FaultBudget;
  /** Whether the last task is one that nobody waits for. */
  readonly daemon?: boolean;
  /** Whether the tasks say that they join their branches. */
  readonly joins?: boolean;
  /** What a task does that starts again. */
  readonly again?: Op;
}

/** Tasks that do these operations. What a schedule comes to is all that was seen, and what is left. */
export function randomOperations(
  tasks: readonly (readonly Op[])[],
  { faults = {}, daemon = false, joins = false, again = ADD }: RandomOptions,
  outcomes: Set<string>,
): Scenario<World & { readonly seen: string[] }> {
  return {
    name: 'random operations',
    faults,
    setup: (scope) => ({
      scope,
      cells: [0, 0],
      memory: [0, 0],
      locks: [new Lock(), new Lock()],
      signals: [new Signal(), new Signal()],
      seen: [],
    }),
    tasks: (world) => {
      const simple = async (kind: Kind, cell: number, task: number, name: string): Promise<unknown> => {
        const given: unknown = await OPERATIONS[kind](world, cell, task).catch(
          (error: Error) => error.message,
        );
        world.seen.push(`${name}: ${String(given)}`);
        return given;
      };
      const perform = async ({ kind, cell, branches }: Op, task: number, name: string): Promise<unknown> => {
        if (kind !== 'both' && kind !== 'gather' && kind !== 'decide') return simple(kind, cell, task, name);
        const all = branches.map((branch, index) => perform(branch, task, `${name}.${index}`));
        const answers = await Promise.all(all);
        if (kind === 'gather') gather(world, cell, task);
        if (kind === 'decide') await simple(decided(answers), cell, task, `${name} then`);
        return answers;
      };
      const bodies = tasks.map((ops, task) => ({
        crashes: task === 0,
        joins,
        run: async () => {
          for (const [index, op] of ops.entries()) await perform(op, task, `${task}.${index}`);
        },
        restart: () => perform(again, task, `${task} again`),
      }));
      return Object.fromEntries(
        bodies.map((body, task) => [`t${task}`, { ...body, daemon: daemon && task === tasks.length - 1 }]),
      );
    },
    atEnd: ({ cells, memory, seen }) => void outcomes.add(JSON.stringify([cells, memory, seen.toSorted()])),
  };
}

function gather({ scope, memory }: World, cell: number, task: number): void {
  scope.touch(writes(`memory/${cell}`));
  memory[cell] = (memory[cell] as number) * 3 + task + 1;
}

function decided(answers: readonly unknown[]): Kind {
  return answers.join('').length % 2 === 0 ? 'read' : 'add';
}
