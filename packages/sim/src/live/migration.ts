import type { Scope } from '@changeover/tester';
import { reads, writes } from '@changeover/tester';
import type { Phase, Sides } from 'changeover/live';
import { isCode, isOperationalError } from 'changeover/std';
import type { Client } from './client.ts';
import { Guard, workersOf } from './guard.ts';
import type { Judge } from './judge.ts';
import type { Live } from './live.ts';
import type { Plan, Step } from './plan.ts';

/** The one who migrates: goes through the steps of a plan. What is done is kept, so that whoever comes after a crash goes on. */
export class Migration {
  readonly #scope: Scope;
  readonly #plan: Plan;
  readonly #clients: readonly Client[];
  readonly #live: Live;
  /** If there is one, nobody waits until clients have left a phase. */
  readonly #guard: Guard | undefined;
  readonly #judge: Judge;
  /** The phases that were pushed, in order, with the one that everybody began in. */
  readonly #phases: Phase[];
  /** How many of them each client has acknowledged, that one included. */
  readonly #acknowledged: number[];
  /** The latest phase that each client was told. */
  readonly #told: number[] = [];
  /** How many steps are done. Survives a crash. */
  #done = 0;
  #waiting: (() => void)[] = [];

  constructor(options: {
    readonly scope: Scope;
    readonly plan: Plan;
    readonly clients: readonly Client[];
    readonly live: Live;
    readonly guard: Guard | undefined;
    readonly judge: Judge;
    readonly phase: Phase;
  }) {
    this.#scope = options.scope;
    this.#plan = options.plan;
    this.#clients = options.clients;
    this.#live = options.live;
    this.#guard = options.guard;
    this.#judge = options.judge;
    this.#phases = [options.phase];
    this.#acknowledged = options.clients.map(() => 1);
  }

  get done(): boolean {
    return this.#done === this.#plan.steps.length;
  }

  /** Resolves when so many steps are done. */
  reached(steps: number): Promise<void> {
    return this.#until(() => this.#done >= steps);
  }

  /** Goes on from where it stands. */
  async run(sides: Sides): Promise<void> {
    while (!this.done) {
      const number = this.#done;
      await this.#persist(() => this.#take(sides, number));
      this.#done = number + 1;
      this.#wake();
    }
  }

  /**
   * A second worker: does what its plan says as soon as the first has begun with it, however long that takes, and goes
   * further with each partition. Without fences of the stores it takes on no more partitions once clients are told to
   * use one side as it is: nothing else keeps it from partitions that are born then.
   */
  async second(sides: Sides): Promise<void> {
    for (const [index, step] of this.#plan.steps.entries()) {
      if (step.type !== 'bring' && step.type !== 'stamp') continue;
      await this.reached(index);
      const further = step.type === 'bring' ? { ...step, until: this.#plan.secondUntil ?? step.until } : step;
      const out = await this.#persist(() => this.#work(sides, index, further, true));
      if (out === 'fenced' || (step.type === 'bring' && step.until === 'complete')) return;
    }
  }

  /** Brings the phases to one client, each whenever it likes. Only where nobody waits for that. */
  async courier(client: Client): Promise<void> {
    const pushes = this.#plan.steps.filter(({ type }) => type === 'push').length;
    for (let number = 1; number <= pushes; number += 1) {
      await this.#until(() => this.#phases.length > number);
      const adopted = await this.#push(client, number);
      void adopted.done.then(() => this.#acknowledge(client, number));
    }
  }

  /** Again and again while stores fail: faults are few. */
  async #persist<T>(act: () => Promise<T>): Promise<T | 'fenced'> {
    for (;;) {
      try {
        return await act();
      } catch (error) {
        if (isCode(error, 'TABLE_FENCED')) return 'fenced';
        if (!isOperationalError(error)) throw error;
      }
    }
  }

  async #take(sides: Sides, number: number): Promise<void> {
    const step = this.#plan.steps[number] as Step;
    if (step.type !== 'push') return this.#work(sides, number, step, false);
    const phase = this.#phaseNumber(number);
    const before = Guard.phase(phase - 1);
    await this.#guard?.begin(phase);
    await this.#guard?.end(Guard.workers(phase - 1));
    await this.#until(() => this.#noneAloneElsewhere(step.phase));
    this.#phases[phase] = this.#guard ? { ...step.phase, fence: Guard.phase(phase) } : step.phase;
    this.#wake();
    if (this.#guard) return this.#guard.end(before);
    for (const client of this.#clients) {
      await (await this.#push(client, phase)).done;
      this.#scope.touch(reads(`flight/${client.actor.name}`));
      this.#acknowledge(client, phase);
    }
  }

  /** How many pushes there are up to, and with, this step. */
  #phaseNumber(number: number): number {
    return this.#plan.steps.slice(0, number + 1).filter(({ type }) => type === 'push').length;
  }

  /**
   * What a client does not find that still uses the other side as it is, no fence can tell it: partitions that are born on
   * this one, of which the other knows nothing.
   */
  #noneAloneElsewhere(phase: Phase): boolean {
    const birthplace = phase.kind === 'alone' ? phase.side : phase.born;
    const alone = (each: Phase) => each.kind === 'alone' && each.side !== birthplace;
    // Also a phase that is still to come to a client is one that it may be in.
    return this.#acknowledged.every((count) => !this.#phases.slice(count - 1).some(alone));
  }

  async #work(sides: Sides, number: number, step: WorkStep, second: boolean): Promise<void> {
    if (step.type === 'bring' && step.second && !second) return;
    const guarded = workersOf(this.#live, sides, this.#guard, this.#phaseNumber(number));
    for (const partitionKey of await this.#partitions(sides, second)) {
      if (second && !this.#guard && this.#phases.at(-1)?.kind === 'alone') return;
      await this.#workOn(guarded, partitionKey, step);
    }
  }

  async #workOn(sides: Sides, partitionKey: string, step: WorkStep): Promise<void> {
    const { bring, retire, stamp, strip, validate, wipe } = this.#live;
    switch (step.type) {
      case 'stamp':
        await stamp(sides, partitionKey, step);
        return;
      case 'bring':
        if (step.only === undefined || step.only === partitionKey)
          await bring(sides, partitionKey, step.side, step);
        return;
      case 'validate':
        await validate(sides, partitionKey, {
          onDifference: async (difference) => this.#judge.differs(difference),
        });
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

  /** Tells a client its phase, unless it knows a later one. `done` when it can acknowledge that. */
  #push(client: Client, number: number): Promise<{ readonly done: Promise<void> }> {
    const { name } = client.actor;
    const index = this.#clients.indexOf(client);
    return this.#scope.point(`push to ${name}`, writes(`phase/${name}`), () => {
      if (number < (this.#told[index] ?? 0)) return { done: Promise.resolve() };
      this.#told[index] = number;
      return { done: client.table.adopt(this.#phases[number] as Phase) };
    });
  }

  #acknowledge(client: Client, number: number): void {
    const index = this.#clients.indexOf(client);
    this.#acknowledged[index] = Math.max(this.#acknowledged[index] ?? 0, number + 1);
    this.#wake();
  }

  async #partitions(sides: Sides, second: boolean): Promise<ReadonlySet<string>> {
    if (!second && !this.#plan.lists) return new Set(this.#plan.partitions);
    const listed = new Set<string>();
    for await (const partitionKey of this.#live.partitionsOf(sides)) listed.add(partitionKey);
    return listed;
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

type WorkStep = Exclude<Step, { type: 'push' }>;
