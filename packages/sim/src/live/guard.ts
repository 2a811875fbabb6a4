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

  /** The fences of a phase stand from now on. Nobody knows them yet, so it is nothing that anybody could race with. */
  static async begin(stores: Stores, number: number): Promise<void> {
    for (const fence of [Guard.phase(number), Guard.workers(number)]) {
      for (const store of [stores.source, stores.target]) await raiseTo(store, fence, 1);
    }
  }

  begin(number: number): Promise<void> {
    return Guard.begin(this.#stores, number);
  }

  /** What is written under a fence from now on is refused. Can be called again. */
  async end(fence: Fence): Promise<void> {
    for (const side of ['source', 'target'] as const) {
      await this.#scope.point(`${side}: no more ${fence.name}`, writes(fencePlace(fence)), () =>
        raiseTo(this.#stores[side], fence, 2),
      );
    }
  }
}

async function raiseTo(store: MemoryStore, { name }: Fence, to: number): Promise<void> {
  if ((await readFence(store, name)) < to) await raiseFence(store, name, { to });
}

/** The sides for a worker of this phase; as they are if there are no fences. */
export function workersOf(live: Live, sides: Sides, guard: Guard | undefined, number: number): Sides {
  return guard ? live.guardedBy(sides, Guard.workers(number)) : sides;
}
