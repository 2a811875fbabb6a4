import type { Scope } from '@changeover/tester';
import { reads, writes } from '@changeover/tester';
import type { Sides } from 'changeover/live';
import { isOperationalError } from 'changeover/std';
import type { Client } from './client.ts';
import type { Live } from './live.ts';
import type { Plan, Step } from './plan.ts';

/** The one who migrates: goes through the steps of a plan. What is done is kept, so that whoever comes after a crash goes on. */
export class Migration {
  readonly #scope: Scope;
  readonly #plan: Plan;
  readonly #clients: readonly Client[];
  readonly #live: Live;
  /** How many steps are done. Survives a crash. */
  #done = 0;
  #waiting: (() => void)[] = [];
  /** Whether clients have been told to use one side as it is. */
  #alone = false;

  constructor(options: {
    readonly scope: Scope;
    readonly plan: Plan;
    readonly clients: readonly Client[];
    readonly live: Live;
  }) {
    this.#scope = options.scope;
    this.#plan = options.plan;
    this.#clients = options.clients;
    this.#live = options.live;
  }

  get done(): boolean {
    return this.#done === this.#plan.steps.length;
  }

  /** Resolves when so many steps are done. */
  async reached(steps: number): Promise<void> {
    while (this.#done < steps) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Goes on from where it stands. */
  async run(sides: Sides): Promise<void> {
    while (this.#done < this.#plan.steps.length) {
      const step = this.#plan.steps[this.#done] as Step;
      await this.#persist(() => this.#take(sides, step));
      this.#done += 1;
      for (const wake of this.#waiting.splice(0)) wake();
    }
  }

  /**
   * A second worker: does what its plan says as soon as the first has begun with it, however long that takes. It takes on
   * no more partitions once clients are told to use one side as it is: nothing else keeps it from partitions that are
   * born then, unless the stores have fences of their own.
   */
  async second(sides: Sides): Promise<void> {
    for (const [index, step] of this.#plan.steps.entries()) {
      if (step.type !== 'bring' && step.type !== 'stamp') continue;
      await this.reached(index);
      await this.#persist(() => this.#work(sides, step, true));
      if (step.type === 'bring' && step.until === 'complete') return;
    }
  }

  /** Again and again while stores fail: faults are few. */
  async #persist(act: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await act();
      } catch (error) {
        if (!isOperationalError(error)) throw error;
      }
    }
  }

  async #take(sides: Sides, step: Step): Promise<void> {
    if (step.type !== 'push') return this.#work(sides, step, false);
    this.#alone = step.phase.kind === 'alone';
    for (const client of this.#clients) await this.#push(client, step.phase);
  }

  async #work(sides: Sides, step: WorkStep, second: boolean): Promise<void> {
    if (step.type === 'bring' && step.second && !second) return;
    for (const partitionKey of await this.#partitions(sides, second)) {
      if (second && this.#alone) return;
      await this.#workOn(sides, partitionKey, step);
    }
  }

  async #workOn(sides: Sides, partitionKey: string, step: WorkStep): Promise<void> {
    const { bring, retire, stamp, strip, wipe } = this.#live;
    switch (step.type) {
      case 'stamp':
        await stamp(sides, partitionKey, step);
        return;
      case 'bring':
        if (step.only === undefined || step.only === partitionKey)
          await bring(sides, partitionKey, step.side, step);
        return;
      case 'retire':
        await retire(sides, partitionKey, step);
        return;
      case 'clean':
        await wipe(sides, partitionKey, step.side === 'source' ? 'target' : 'source');
        await strip(sides, partitionKey, step.side);
        return;
    }
  }

  async #push(client: Client, phase: Parameters<Client['table']['adopt']>[0]): Promise<void> {
    const { name } = client.actor;
    let drained: Promise<void> | undefined;
    await this.#scope.point(`push to ${name}`, writes(`phase/${name}`), () => {
      drained = client.table.adopt(phase);
    });
    await drained;
    this.#scope.touch(reads(`flight/${name}`));
  }

  async #partitions(sides: Sides, second: boolean): Promise<ReadonlySet<string>> {
    if (!second && !this.#plan.lists) return new Set(this.#plan.partitions);
    const listed = new Set<string>();
    for await (const partitionKey of this.#live.partitionsOf(sides)) listed.add(partitionKey);
    return listed;
  }
}

type WorkStep = Exclude<Step, { type: 'push' }>;
