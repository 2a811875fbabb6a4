import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import {
  type DrainName,
  explore,
  nothing,
  prove,
  type Scenario,
  type Scope,
  writes,
} from '../../src/index.ts';

const DRAINS: readonly DrainName[] = ['tick-callback', 'tick-after-promises', 'whole-turn'];

/** A lock whose `lock` answers only when the lock is free: whoever unlocks wakes another task within the same step. */
class Lock {
  private held = false;
  private readonly queue: (() => void)[] = [];

  async lock(): Promise<void> {
    if (this.held) await new Promise<void>((resolve) => this.queue.push(resolve));
    this.held = true;
  }

  async unlock(): Promise<void> {
    this.held = false;
    this.queue.shift()?.();
  }
}

/** Many promises between one call and the next, some of them at the same time. */
async function deep(depth: number): Promise<void> {
  if (depth > 0) await Promise.all([deep(depth - 1), Promise.resolve()]);
}

const locked: Scenario<{ lock: Lock; scope: Scope; n: number }> = {
  name: 'a lock',
  setup: (scope) => ({
    lock: scope.controlled(new Lock(), { footprint: () => writes('lock') }),
    scope,
    n: 0,
  }),
  tasks: (world) => {
    const add = async () => {
      await world.lock.lock();
      const seen = world.n;
      await deep(5);
      await world.scope.yield('between', nothing);
      world.n = seen + 1;
      await world.lock.unlock();
    };
    return { a: add, b: add, c: add };
  },
  atEnd: ({ n }) => assert.equal(n, 3),
};

const forked: Scenario<{ scope: Scope; seen: string[] }> = {
  name: 'a fork',
  setup: (scope) => ({ scope, seen: [] }),
  tasks: ({ scope, seen }) => ({
    a: async () => {
      const call = (name: string) => scope.point(name, writes('seen'), () => void seen.push(name));
      await deep(3);
      await Promise.all([call('left').then(() => call('left again')), call('right')]);
    },
    b: () => scope.point('other', writes('seen'), () => void seen.push('other')),
  }),
  atEnd: ({ seen }) => assert.notDeepEqual(seen, ['right', 'other', 'left', 'left again']),
};

describe.each(DRAINS)('with the drain %s', (drain) => {
  it('a lock that hands over within a step is no deadlock, and keeps the others out', async () => {
    (await explore(locked, { drain, schedules: 50 })).assertPassed();
  });

  it('the same schedules are run as with the fastest', async () => {
    const one = await explore(forked, { drain, schedules: 200 });
    const other = await explore(forked, { schedules: 200 });
    assert.equal(one.found?.token, other.found?.token);
    assert.equal(one.found?.schedule, other.found?.schedule);
    assert.ok(one.found);
  });

  it('an exhaustive search counts the same', async () => {
    const branches = { ...forked, atEnd: () => undefined };
    // The three calls of `a` have three orders, and the fourth may stand in any of four places.
    assert.equal((await prove(branches, { drain })).schedules, 12);
  });
});

describe('a search', () => {
  it('that runs plain schedules swiftly finds what one that runs them carefully finds', async () => {
    const plain: Scenario<{ scope: Scope; n: number }> = {
      name: 'plain',
      setup: (scope) => ({ scope, n: 0 }),
      tasks: (world) => {
        const add = async () => {
          const seen = await world.scope.point('get', writes('n'), () => world.n);
          await world.scope.point('set', writes('n'), () => void (world.n = seen + 1));
        };
        return { a: add, b: add };
      },
      atEnd: ({ n }) => assert.equal(n, 2),
    };
    // A branch that ends at once makes the program one that is not plain, and changes nothing else.
    const careful = {
      ...plain,
      tasks: (world: { scope: Scope; n: number }) => plain.tasks(world, undefined),
    };
    const one = await explore(plain, { seed: 3 });
    const other = await explore(careful, { seed: 3, drain: 'whole-turn' });
    assert.equal(one.found?.token, other.found?.token);
  });

  it('leaves the listeners for unhandled rejections as they were', async () => {
    const before = process.listeners('unhandledRejection');
    await explore(locked, { schedules: 5 });
    assert.deepEqual(process.listeners('unhandledRejection'), before);
  });
});
