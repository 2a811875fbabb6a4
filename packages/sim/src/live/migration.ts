import type { Scope } from '@changeover/tester';
import { reads, writes } from '@changeover/tester';
import { bring, partitionsOf, retire, type Sides, stamp, strip, wipe } from 'changeover/live';
import { isOperationalError } from 'changeover/std';
import type { Client } from './client.ts';
import type { Plan, Step } from './plan.ts';

/** The one who migrates: goes through the steps of a plan. What is done is kept, so that whoever comes after a crash goes on. */
export class Migration {
  readonly #scope: Scope;
  readonly #plan: Plan;
  readonly #clients: readonly Client[];
  /** How many steps are done. Survives a crash. */
  #done = 0;
  #started: (() => void)[] = [];

  constructor(scope: Scope, plan: Plan, clients: readonly Client[]) {
    this.#scope = scope;
    this.#plan = plan;
    this.#clients = clients;
  }

  get done(): boolean {
    return this.#done === this.#plan.steps.length;
  }

  /** Goes on from where it stands. */
  async run(sides: Sides): Promise<void> {
    while (this.#done < this.#plan.steps.length) {
      await this.#persist(sides, this.#plan.steps[this.#done] as Step);
      this.#done += 1;
      for (const wake of this.#started.splice(0)) wake();
    }
  }

  /** A second worker: does what its plan says as soon as the first has begun with it, however long that takes. */
  async second(sides: Sides): Promise<void> {
    for (const [index, step] of this.#plan.steps.entries()) {
      if (step.type !== 'bring' && step.type !== 'stamp') continue;
      while (this.#done < index) await new Promise<void>((resolve) => this.#started.push(resolve));
      await this.#persist(sides, step);
      if (step.type === 'bring' && step.until === 'complete') return;
    }
  }

  /** Again and again while stores fail: faults are few. */
  async #persist(sides: Sides, step: Step): Promise<void> {
    for (;;) {
      try {
        return await this.#take(sides, step);
      } catch (error) {
        if (!isOperationalError(error)) throw error;
      }
    }
  }

  async #take(sides: Sides, step: Step): Promise<void> {
    switch (step.type) {
      case 'push':
        for (const client of this.#clients) await this.#push(client, step.phase);
        return;
      case 'stamp':
        return each(sides, (partitionKey) => stamp(sides, partitionKey, step));
      case 'bring':
        return each(sides, async (partitionKey) => {
          if (step.only !== undefined && step.only !== partitionKey) return;
          await bring(sides, partitionKey, step.side, step);
        });
      case 'retire':
        return each(sides, (partitionKey) => retire(sides, partitionKey, step));
      case 'clean':
        return each(sides, async (partitionKey) => {
          await wipe(sides, partitionKey, step.side === 'source' ? 'target' : 'source');
          await strip(sides, partitionKey, step.side);
        });
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
}

async function each(sides: Sides, act: (partitionKey: string) => Promise<unknown>): Promise<void> {
  const done = new Set<string>();
  for await (const partitionKey of partitionsOf(sides)) {
    if (done.has(partitionKey)) continue;
    done.add(partitionKey);
    await act(partitionKey);
  }
}
