import { type Footprint, reads, writes } from './footprint.ts';

/** What a scenario gives for each of its tasks. */
export interface TaskOptions {
  run(): Promise<unknown>;
  /** A task that runs for ever, such as a server: a schedule is over without it. */
  readonly daemon?: boolean;
  /** Whether the faults of a schedule may crash it. Off unless it says so. */
  readonly crashes?: boolean;
  /**
   * Whether it joins its branches: of several calls that it makes at once (`Promise.all`) it awaits all, and does nothing
   * until it has all answers. Then the order of the answers makes no difference, and is not searched. A task that makes a
   * call, or ends, before that fails with kind `error`, wherever a schedule comes to it. Timers that call back are no branches.
   */
  readonly joins?: boolean;
  /** What starts in its place after a crash; `crashes` counts them from 1. Without it, a crashed task is gone. */
  restart?(crashes: number): Promise<unknown>;
}

export type TaskBody = TaskOptions['run'] | TaskOptions;

/**
 * A line of control within a task: its calls follow one another. A task that awaits one thing at a time has one; each
 * branch of a `Promise.all` is another.
 */
export interface Chain {
  readonly life: Incarnation;
  /** Tells the chain from all others, and is the same in every schedule: how it came to be. */
  readonly name: string;
  /** Dense over all schedules of a search; the first chain of a task has the task's index. */
  readonly id: number;
  readonly hash: number;
  /** How many of its points were released. */
  released: number;
  parked: boolean;
}

interface Fork {
  number: number;
  /** The step that it was made in; −1 before the first. */
  step: number;
  /** How many calls it is of. */
  size: number;
  /** The steps that it had to come behind. */
  madeIn: readonly number[];
  answered: number[];
}

/** One life of a task: from its start, or from a restart, to its end. */
export interface Incarnation {
  readonly task: TaskState;
  readonly number: number;
  readonly chains: Chain[];
  /** Of a task that joins its branches: the calls that it made last, and the steps that have answered those. */
  readonly fork: Fork;
  state: 'new' | 'running' | 'done' | 'crashed';
}

export class TaskState {
  readonly name: string;
  readonly index: number;
  readonly options: TaskOptions;
  life: Incarnation;
  /** The point that was released last. */
  last: { label(): string } | undefined = undefined;
  /** What its branches have in common. */
  readonly shared: Footprint;
  /** What a branch that is joined has in common with a crash, and with nothing else. */
  readonly joined: Footprint;
  /** What is touched by its coming to an end, and by what it has left under way. */
  readonly ends: Footprint;

  constructor(name: string, index: number, body: TaskBody) {
    this.name = name;
    this.index = index;
    this.shared = writes(`#branches/${index}`);
    this.joined = reads(`#branches/${index}`);
    this.ends = writes(`#over/${index}`);
    this.options = typeof body === 'function' ? { run: body } : body;
    this.life = newLife(this, 0);
  }

  /** Whether it still has something to do that the schedule waits for. */
  get unfinished(): boolean {
    return !this.options.daemon && (this.life.state === 'running' || this.life.state === 'new');
  }

  /** The next life, after a crash. */
  nextLife(): Incarnation {
    this.life = newLife(this, this.life.number + 1);
    return this.life;
  }

  begin(): Promise<unknown> {
    const { number } = this.life;
    const { run, restart } = this.options;
    this.life.state = 'running';
    try {
      return number === 0 || !restart ? run() : restart(number);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }
}

function newLife(task: TaskState, number: number): Incarnation {
  const fork = { number: 0, step: -1, size: 0, madeIn: [], answered: [] };
  return { task, number, chains: [], fork, state: 'new' };
}
