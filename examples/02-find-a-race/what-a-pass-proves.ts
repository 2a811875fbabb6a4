/** The small programs of docs/concepts/what-a-pass-proves.md: each passes, or fails, as the page says. */
import assert from 'node:assert/strict';
import { explore, nothing, prove, type Report, reads, type Scenario, writes } from '@changeover/tester';

// #region dishonest
/** Numbers tickets from 0. `next` writes, and its footprint says that it reads. */
class Tickets {
  last = 0;

  async next(): Promise<number> {
    return this.last++;
  }
}

const tickets: Scenario<{ next(): Promise<number> }> = {
  name: 'tickets',
  setup: (scope) => {
    const observed = scope.observed(new Tickets(), 'tickets');
    return scope.controlled(observed, { name: 'tickets', footprint: () => reads('tickets') });
  },
  tasks: ({ next }) => ({
    alice: async () => assert.equal(await next(), 0),
    bob: async () => assert.equal(await next(), 1),
  }),
};
// #endregion

export async function believe(): Promise<Report> {
  // #region believe
  const report = await prove(tickets);
  // #endregion
  return report;
}

export async function audit(): Promise<Report> {
  // #region audit
  const report = await explore(tickets, { audit: true });
  // #endregion
  return report;
}

// #region memory
/** Remembers the latest answer, in memory. The clock service's footprint is right: it changes nothing. */
function latest(name: string, tell: boolean): Scenario<{ latest: number; keep(at: number): Promise<void> }> {
  return {
    name,
    setup: (scope) => {
      const answer = (at: number) => scope.point(`answer ${at}`, nothing, () => at);
      const world = {
        latest: 0,
        keep: async (at: number) => {
          const answered = await answer(at);
          if (tell) scope.touch(writes('latest'));
          world.latest = answered;
        },
      };
      return world;
    },
    tasks: ({ keep }) => ({ one: () => keep(1), two: () => keep(2) }),
    atEnd: (world) => assert.equal(world.latest, 2),
  };
}

export const untold = latest('latest, untold', false);
export const told = latest('latest, told', true);
// #endregion

// #region start
/** Bob looks before his first call, which is before Alice has done anything: he never sees a closed shop. */
function shop(
  name: string,
  comesLater: boolean,
): Scenario<{ open: boolean; call(what: string): Promise<void> }> {
  return {
    name,
    setup: (scope) => ({ open: true, call: (what) => scope.yield(what) }),
    tasks: (world) => ({
      alice: async () => {
        await world.call('close');
        world.open = false;
      },
      bob: async () => {
        if (comesLater) await world.call('come');
        assert(world.open, 'the shop is closed');
        await world.call('buy');
      },
    }),
  };
}

export const atOnce = shop('shop, at once', false);
export const later = shop('shop, later', true);
// #endregion

// #region outside
export const outside: Scenario<undefined> = {
  name: 'a real timer',
  setup: () => undefined,
  tasks: () => ({
    impatient: () => new Promise((resolve) => setTimeout(resolve, 5)),
  }),
};
// #endregion

// #region turns
/** Waits for a flag by asking again and again. */
export const polling: Scenario<{ raised(): Promise<boolean>; raise(): Promise<void> }> = {
  name: 'polling',
  setup: (scope) => {
    let flag = false;
    return {
      raised: () => scope.point('raised?', reads('flag'), () => flag),
      raise: () =>
        scope.point('raise', writes('flag'), () => {
          flag = true;
        }),
    };
  },
  tasks: ({ raised, raise }) => ({
    waits: async () => {
      while (!(await raised()));
    },
    raises: raise,
  }),
};
// #endregion
