import { hashOf, mix } from './random.ts';
import type { Chain, Incarnation } from './task.ts';

/** Which line of control a call belongs to. */
export class Chains {
  private readonly ids: Map<string, number>;
  /** The chain whose step runs. */
  private parent: Chain | undefined;
  private continued = false;
  private forks = 0;

  /** @param ids the numbers of the chains that are not the first of their task, over all schedules of a search */
  constructor(ids: Map<string, number>) {
    this.ids = ids;
  }

  /** From here on, what parks was made by a step of this chain. */
  stepOf(chain: Chain): void {
    this.parent = chain;
    this.continued = false;
    this.forks = 0;
  }

  /**
   * The first call that a step makes continues its chain; what more it makes are branches. One that was woken by another
   * task's step continues its own chain, if it has but one.
   */
  of(life: Incarnation): Chain {
    const { parent } = this;
    if (parent?.life === life && !this.continued && !parent.parked) {
      this.continued = true;
      return parent;
    }
    const [only] = life.chains;
    if (only && life.chains.length === 1 && !only.parked && only !== parent) return only;
    return this.branch(life);
  }

  /**
   * The same for a task that joins its branches. Which answer came last must not show: the first call of each fork is of
   * the task's own chain, whoever made it, and the others are branches of that.
   */
  joined(life: Incarnation, step: number): Chain {
    const { fork } = life;
    if (fork.step !== step) {
      fork.number += 1;
      fork.step = step;
      fork.size = 0;
      fork.madeIn = [step, ...fork.answered];
      fork.answered = [];
    }
    const branch = fork.size++;
    if (branch > 0) return this.named(life, `${nameOf(life)}/${fork.number}.${branch}`);
    return life.chains.find(({ name }) => name === nameOf(life)) ?? this.own(life);
  }

  /** One that a task which joins its branches has beside these. */
  aside(life: Incarnation): Chain {
    return this.named(life, `${nameOf(life)}/${life.chains.length}`);
  }

  branch(life: Incarnation): Chain {
    const { task, number, chains } = life;
    if (chains.length === 0 && number === 0) return this.own(life);
    return this.named(
      life,
      `${this.parent?.name ?? task.name}/${this.parent?.released ?? 0}.${this.forks++}`,
    );
  }

  private own(life: Incarnation): Chain {
    const { task, number } = life;
    if (number > 0) return this.named(life, nameOf(life));
    const hash = mix(0x2545f491, task.index);
    return added({ life, name: task.name, id: task.index, hash, released: 0, parked: false });
  }

  private named(life: Incarnation, name: string): Chain {
    return added({ life, name, id: this.idOf(name), hash: hashOf(name), released: 0, parked: false });
  }

  private idOf(name: string): number {
    const known = this.ids.get(name);
    if (known !== undefined) return known;
    const id = FIRST_BRANCH + this.ids.size;
    this.ids.set(name, id);
    return id;
  }
}

function nameOf({ task, number }: Incarnation): string {
  return number === 0 ? task.name : `${task.name}~${number}`;
}

function added(chain: Chain): Chain {
  chain.life.chains.push(chain);
  return chain;
}

/** Below are the numbers of the tasks. */
const FIRST_BRANCH = 2 ** 20;
