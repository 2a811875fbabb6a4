import { below, type Random } from '../../src/engine/random.ts';
import { type FaultBudget, nothing, reads, type Scenario, type Scope, writes } from '../../src/index.ts';

/** Something that a task does, on one of two cells. */
export interface Op {
  readonly kind: Kind | 'both';
  readonly cell: number;
  /** What `both` does at the same time. */
  readonly branches: readonly Op[];
}

type Kind = keyof typeof OPERATIONS;

interface World {
  readonly scope: Scope;
  readonly cells: number[];
  /** State in memory, beside the calls. */
  readonly memory: number[];
  readonly locks: readonly Lock[];
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

export const KINDS = Object.keys(OPERATIONS) as readonly Kind[];

export function randomOp(random: Random, kinds: readonly (Kind | 'both')[]): Op {
  const kind = kinds[below(random, kinds.length)] as Op['kind'];
  const simple = kinds.filter((each) => each !== 'both');
  const branches = kind === 'both' ? [randomOp(random, simple), randomOp(random, simple)] : [];
  return { kind, cell: below(random, 2), branches };
}

/** Tasks that do these operations. What a schedule comes to is all that was seen, and what is left. */
export function randomOperations(
  tasks: readonly (readonly Op[])[],
  faults: FaultBudget,
  outcomes: Set<string>,
  /** Whether the last task is one that nobody waits for. */
  daemon = false,
): Scenario<World & { readonly seen: string[] }> {
  return {
    name: 'random operations',
    faults,
    setup: (scope) => ({ scope, cells: [0, 0], memory: [0, 0], locks: [new Lock(), new Lock()], seen: [] }),
    tasks: (world) => {
      const perform = async (op: Op, task: number, name: string): Promise<void> => {
        if (op.kind === 'both') {
          await Promise.all(op.branches.map((branch, index) => perform(branch, task, `${name}.${index}`)));
          return;
        }
        const given: unknown = await OPERATIONS[op.kind](world, op.cell, task).catch(
          (error: Error) => error.message,
        );
        world.seen.push(`${name}: ${String(given)}`);
      };
      const bodies = tasks.map((ops, task) => ({
        crashes: task === 0,
        run: async () => {
          for (const [index, op] of ops.entries()) await perform(op, task, `${task}.${index}`);
        },
        restart: () => perform({ kind: 'add', cell: 0, branches: [] }, task, `${task} again`),
      }));
      return Object.fromEntries(
        bodies.map((body, task) => [`t${task}`, { ...body, daemon: daemon && task === tasks.length - 1 }]),
      );
    },
    atEnd: ({ cells, memory, seen }) => void outcomes.add(JSON.stringify([cells, memory, seen.toSorted()])),
  };
}
