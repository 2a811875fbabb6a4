import assert from 'node:assert/strict';
import { setTimeout as realSleep } from 'node:timers/promises';
import { describe, it } from 'vitest';
import {
  explore,
  type Failure,
  nothing,
  reads,
  register,
  type Scenario,
  type Scope,
  type TaskBody,
  writes,
} from '../../src/index.ts';

/** What comes of tasks that share nothing but the scope. */
async function failureOf(
  tasks: (scope: Scope) => Record<string, TaskBody>,
  more: Partial<Scenario<Scope>> = {},
  options: Parameters<typeof explore>[1] = {},
): Promise<Failure | undefined> {
  const scenario: Scenario<Scope> = { name: 'verdict', setup: (scope) => scope, tasks, ...more };
  const report = await explore(scenario, { schedules: 20, maxSteps: 400, ...options });
  return report.found?.failure;
}

describe('a schedule fails', () => {
  it('if a task throws', async () => {
    const failure = await failureOf(() => ({ a: async () => Promise.reject(new Error('one is not two')) }));
    assert.deepEqual([failure?.kind, failure?.task, failure?.message], ['error', 'a', 'one is not two']);
  });

  it('if a task throws before its first await', async () => {
    const failure = await failureOf(() => ({
      a: () => {
        throw new Error('at once');
      },
    }));
    assert.deepEqual([failure?.kind, failure?.message], ['error', 'at once']);
  });

  it('if a promise is rejected and nobody handles it', async () => {
    const failure = await failureOf((scope) => ({
      a: async () => {
        void scope.point('lost', nothing, () => Promise.reject(new Error('unheard')));
        await scope.yield();
        await scope.yield();
      },
    }));
    assert.deepEqual([failure?.kind, failure?.message], ['rejection', 'nobody handled: unheard']);
  });

  it('if what must always hold does not hold after a step', async () => {
    let n = 0;
    const failure = await failureOf(
      (scope) => ({ a: () => scope.point('add', writes('n'), () => void n++) }),
      { always: { 'n is 0': () => n === 0 } },
    );
    assert.deepEqual(
      [failure?.kind, failure?.message, failure?.step],
      ['always', '"n is 0" does not hold', 1],
    );
  });

  it('if everyone waits for everyone else, and says for what', async () => {
    const failure = await failureOf((scope) => ({
      a: () => scope.point('lock', writes('lock'), () => new Promise(() => undefined)),
    }));
    assert.equal(failure?.kind, 'deadlock');
    assert.deepEqual(failure?.details, ['a waits for the answer to lock']);
  });

  it('if a task waits for a real timer, which it names with the place', async () => {
    const failure = await failureOf(() => ({ a: () => realSleep(1) }));
    assert.equal(failure?.kind, 'uncontrolled');
    assert.match(failure?.message ?? '', /Timeout, made at .*verdicts\.test\.ts:\d+/);
  });

  it('if setup waits for something outside of control', async () => {
    const failure = await failureOf(() => ({}), { setup: async (scope) => realSleep(1, scope) });
    assert.equal(failure?.kind, 'uncontrolled');
  });

  it('if nobody gets on although everyone gets their turn', async () => {
    const spin = (scope: Scope) => async () => {
      for (;;) await scope.yield();
    };
    const failure = await failureOf((scope) => ({ a: spin(scope), b: spin(scope) }));
    assert.equal(failure?.kind, 'livelock');
  });

  it('if some get on and one does not', async () => {
    const failure = await failureOf((scope) => {
      const history = scope.history(register(0));
      const get = () => history.operation({ type: 'read' }, () => scope.point('read', reads('n'), () => 0));
      return {
        busy: async () => {
          for (;;) await get();
        },
        hungry: () =>
          history.operation({ type: 'read' }, async () => {
            for (;;) await scope.yield();
          }),
      };
    });
    assert.equal(failure?.kind, 'starvation');
  });

  it('if what must come in the end does not come', async () => {
    const failure = await failureOf((scope) => ({ a: () => scope.yield() }), {
      eventually: { peace: () => false },
    });
    assert.deepEqual(
      [failure?.kind, failure?.message],
      ['eventually', '"peace" never came, and nothing can go on'],
    );
  });

  it('if a daemon has its turns and still does not bring about what must come', async () => {
    const failure = await failureOf(
      (scope) => ({
        server: {
          daemon: true,
          run: async () => {
            for (;;) await scope.yield();
          },
        },
      }),
      { eventually: { peace: () => false } },
    );
    assert.deepEqual([failure?.kind, failure?.message.slice(0, 21)], ['eventually', '"peace" did not come ']);
  });

  it('if an operation never completed although its task did', async () => {
    const failure = await failureOf((scope) => {
      const history = scope.history(register(0));
      return {
        a: async () => {
          void history.operation({ type: 'read' }, () => new Promise<number>(() => undefined));
          await scope.yield();
        },
      };
    });
    assert.equal(failure?.kind, 'incomplete');
  });

  it('if no order of the operations explains their answers, and shows the window', async () => {
    const failure = await failureOf((scope) => {
      const history = scope.history(register(0));
      return { a: () => history.operation({ type: 'read' }, () => scope.point('read', nothing, () => 5)) };
    });
    assert.equal(failure?.kind, 'history');
    assert.match(failure?.details?.[0] ?? '', /not linearizable: a: .*read.* gave 5, expected 0/);
  });

  it('if it was not found out whether the answers can be explained', async () => {
    const failure = await failureOf((scope) => {
      const history = scope.history(register(0), { budget: 0 });
      return { a: () => history.operation({ type: 'read' }, () => scope.point('read', nothing, () => 0)) };
    });
    assert.equal(failure?.kind, 'undecided');
  });

  it('if what the tasks leave behind is wrong, also where that is found out asynchronously', async () => {
    const failure = await failureOf((scope) => ({ a: () => scope.yield() }), {
      atEnd: async (scope) =>
        assert.ok((await scope.point('read', nothing, () => 1)) === 2, 'wrong in the end'),
    });
    assert.deepEqual([failure?.kind, failure?.message], ['at-end', 'wrong in the end']);
  });
});

describe('a schedule fails with a report', () => {
  it('if a condition that must come in the end throws', async () => {
    const failure = await failureOf((scope) => ({ a: () => scope.yield() }), {
      eventually: {
        peace: () => {
          throw new Error('no way to know');
        },
      },
    });
    assert.deepEqual([failure?.kind, failure?.message], ['eventually', 'no way to know']);
  });

  it('without the colours that assertions have on a terminal', async () => {
    const failure = await failureOf(() => ({
      a: () => Promise.reject(new Error('\u001b[31mred\u001b[39m')),
    }));
    assert.equal(failure?.message, 'red');
  });
});

describe('a schedule passes', () => {
  it('if a daemon only sleeps, for ever', async () => {
    const failure = await failureOf((scope) => ({
      a: () => scope.yield(),
      daemon: {
        daemon: true,
        run: async () => {
          for (;;) await scope.clock.sleep(10);
        },
      },
    }));
    assert.equal(failure, undefined);
  });

  it('if a daemon brings about what must come after everyone else is done', async () => {
    let served = 0;
    const failure = await failureOf(
      (scope) => ({
        server: {
          daemon: true,
          run: async () => {
            for (;;) await scope.point('serve', writes('served'), () => void served++);
          },
        },
      }),
      {
        setup: (scope) => {
          served = 0;
          return scope;
        },
        eventually: { 'three are served': () => served >= 3 },
      },
    );
    assert.equal(failure, undefined);
  });

  it('if a call is still under way that nobody waits for, and it has its effect', async () => {
    let n = 0;
    const failure = await failureOf(
      (scope) => ({ a: async () => void scope.point('add', writes('n'), () => void n++) }),
      {
        setup: (scope) => {
          n = 0;
          return scope;
        },
        atEnd: () => assert.equal(n, 1),
      },
    );
    assert.equal(failure, undefined);
  });
});
