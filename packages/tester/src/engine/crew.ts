import type { Scenario } from './scenario.ts';
import { type Incarnation, TaskState } from './task.ts';
import type { Trace } from './trace.ts';

/** The tasks of a schedule, and who of them is still at work. */
export class Crew {
  readonly tasks: TaskState[] = [];
  /** How many tasks the schedule waits for. */
  atWork = 0;

  assemble(bodies: ReturnType<Scenario<unknown, unknown>['tasks']>): void {
    for (const [name, body] of Object.entries(bodies)) {
      const task = new TaskState(name, this.tasks.length, body);
      this.tasks.push(task);
      if (task.unfinished) this.atWork++;
    }
  }

  notStarted(): TaskState | undefined {
    return this.tasks.find(({ life }) => life.state === 'new');
  }

  leave(life: Incarnation, state: 'done' | 'crashed'): void {
    life.state = state;
    if (!life.task.options.daemon) this.atWork--;
  }

  /** A task that crashed is to begin again. */
  revive(task: TaskState): void {
    task.nextLife();
    if (task.unfinished) this.atWork++;
  }

  unfinished(): string[] {
    return this.tasks.filter((task) => task.unfinished).map(({ name }) => name);
  }

  /** Where each unfinished task stands; whether its call has answered is known only from a trace. */
  whereabouts(trace: Trace | undefined): string[] {
    return this.tasks
      .filter((task) => task.unfinished)
      .map(({ name, last }) => {
        if (!last) return `${name} has not come to its first call`;
        return `${name} ${trace?.hasAnswered(last) ? 'went on after' : 'waits for the answer to'} ${last.label()}`;
      });
  }
}
