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

  branch(life: Incarnation): Chain {
    const { task } = life;
    const first = life.chains.length === 0 && life.number === 0;
    const name = first
      ? task.name
      : `${this.parent?.name ?? task.name}/${this.parent?.released ?? 0}.${this.forks++}`;
    const id = first ? task.index : this.idOf(name);
    const hash = first ? mix(0x2545f491, task.index) : hashOf(name);
    const chain = { life, name, id, hash, released: 0, parked: false };
    life.chains.push(chain);
    return chain;
  }

  private idOf(name: string): number {
    const known = this.ids.get(name);
    if (known !== undefined) return known;
    const id = FIRST_BRANCH + this.ids.size;
    this.ids.set(name, id);
    return id;
  }
}

/** Below are the numbers of the tasks. */
const FIRST_BRANCH = 2 ** 20;
