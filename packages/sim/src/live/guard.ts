import { type Scope, writes } from '@changeover/tester';
import { raiseFence, readFence } from 'changeover/fence';
import type { Sides } from 'changeover/live';
import type { Fence, MemoryStore } from 'changeover/table';
import type { Live } from './live.ts';

/** The two stores, each with the fences that stand in it. */
export type Stores = { readonly source: MemoryStore; readonly target: MemoryStore };

/** The place of a fence in footprints. */
export function fencePlace({ name }: Pick<Fence, 'name'>): string {
  return `fence/${name}`;
}

/**
 * The fences of a migration in both stores: one for each phase that clients are told, and one for those who work in it.
 * Whoever does not hear that a phase is over is kept out by them, and nobody waits.
 */
export class Guard {
  readonly #scope: Scope;
  readonly #stores: Stores;

  constructor(scope: Scope, stores: Stores) {
    this.#scope = scope;
    this.#stores = stores;
  }

  /** What writes of clients in this phase are guarded by: phases count from 0, the one that everybody begins in. */
  static phase(number: number): Fence {
    return { name: `phase ${number}`, epoch: 1 };
  }

  /** What workers of this phase are guarded by. */
  static workers(number: number): Fence {
    return { name: `workers ${number}`, epoch: 1 };
  }

  /** The fences of the phase that everybody begins in. */
  static async prepare(stores: Stores): Promise<void> {
    for (const store of [stores.source, stores.target]) {
      for (const { name } of [Guard.phase(0), Guard.workers(0)]) await raiseFence(store, name, { to: 1 });
    }
  }

  /** Both fences stand from now on. Can be called again. */
  async begin(number: number): Promise<void> {
    await this.#raise(Guard.phase(number), 1);
    await this.#raise(Guard.workers(number), 1);
  }

  /** What is written under a fence from now on is refused. Can be called again. */
  end(fence: Fence): Promise<void> {
    return this.#raise(fence, 2);
  }

  async #raise(fence: Fence, to: number): Promise<void> {
    for (const side of ['source', 'target'] as const) {
      const store = this.#stores[side];
      await this.#scope.point(
        `${side}: fence ${fence.name} to ${to}`,
        writes(fencePlace(fence)),
        async () => {
          if ((await readFence(store, fence.name)) < to) await raiseFence(store, fence.name, { to });
        },
      );
    }
  }
}

/** The sides for a worker of this phase; as they are if there are no fences. */
export function workersOf(live: Live, sides: Sides, guard: Guard | undefined, number: number): Sides {
  return guard ? live.guardedBy(sides, Guard.workers(number)) : sides;
}
