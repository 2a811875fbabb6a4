import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { prove, type Scenario, type Scope, type TaskBody } from '../../src/index.ts';

/** Every order in which what the tasks note can happen. */
async function ordersOf(
  tasks: (scope: Scope, note: (what: string) => void) => Record<string, TaskBody>,
): Promise<string[]> {
  const seen = new Set<string>();
  let notes: string[] = [];
  const scenario: Scenario<Scope> = {
    name: 'timers',
    setup: (scope) => {
      notes = [];
      return scope;
    },
    tasks: (scope) => tasks(scope, (what) => void notes.push(what)),
    atEnd: () => void seen.add(notes.join(' ')),
  };
  const report = await prove(scenario);
  assert.ok(report.complete, report.toString());
  return [...seen].toSorted();
}

describe('the virtual clock', () => {
  it('wakes sleepers in the order in which they are due', async () => {
    const orders = await ordersOf(({ clock }, note) => ({
      late: () => clock.sleep(20).then(() => note('20')),
      early: () => clock.sleep(10).then(() => note('10')),
    }));
    assert.deepEqual(orders, ['10 20']);
  });

  it('wakes sleepers that are due at the same time in either order', async () => {
    const orders = await ordersOf(({ clock }, note) => ({
      a: () => clock.sleep(10).then(() => note('a')),
      b: () => clock.sleep(10).then(() => note('b')),
    }));
    assert.deepEqual(orders, ['a b', 'b a']);
  });

  it('lets a call take longer than any sleep, or no time at all', async () => {
    const orders = await ordersOf((scope, note) => ({
      sleeper: () => scope.clock.sleep(1_000_000).then(() => note('woke')),
      caller: () => scope.yield('call').then(() => note('called')),
    }));
    assert.deepEqual(orders, ['called woke', 'woke called']);
  });

  it('stands still but for timers', async () => {
    const orders = await ordersOf((scope, note) => ({
      a: async () => {
        await scope.yield();
        note(`at ${scope.clock.now()}`);
        await scope.clock.sleep(5);
        note(`at ${scope.clock.now()}`);
      },
    }));
    assert.deepEqual(orders, ['at 0 at 5']);
  });

  it('ends a sleep whose signal aborts, with its reason', async () => {
    const orders = await ordersOf((scope, note) => {
      const abort = new AbortController();
      return {
        sleeper: () =>
          scope.clock.sleep(10, abort.signal).then(
            () => note('woke'),
            (error: Error) => note(error.message),
          ),
        other: async () => {
          await scope.yield();
          abort.abort(new Error('aborted'));
        },
      };
    });
    assert.deepEqual(orders, ['aborted', 'woke']);
  });

  it('does not wait for timers that only call back', async () => {
    const orders = await ordersOf((scope, note) => ({
      a: async () => {
        scope.clock.after(10, () => note('rang'));
        await scope.yield();
        note('done');
      },
    }));
    assert.deepEqual(orders, ['done', 'rang done']);
  });

  it('forgets timers that were cancelled', async () => {
    const orders = await ordersOf((scope, note) => ({
      a: async () => {
        scope.clock.after(10, () => note('rang'))();
        await scope.clock.sleep(20);
      },
    }));
    assert.deepEqual(orders, ['']);
  });
});
