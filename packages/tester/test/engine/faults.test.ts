import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import {
  type Fault,
  type FaultBudget,
  FaultError,
  prove,
  type Scenario,
  type Scope,
  writes,
} from '../../src/index.ts';

class Counter {
  n = 0;
  async add(): Promise<number> {
    return ++this.n;
  }
}

interface World {
  readonly counter: Counter;
  readonly api: Counter;
  readonly scope: Scope;
}

/** All that can come of one call, under a budget of faults: what the caller got, and what the counter shows at the end. */
async function outcomes(
  faults: FaultBudget,
  possible: readonly Fault[],
  tasks?: Scenario<World>['tasks'],
): Promise<string[]> {
  const seen = new Set<string>();
  let got: string[] = [];
  const scenario: Scenario<World> = {
    name: 'faults',
    faults,
    setup: (scope) => {
      const counter = new Counter();
      got = [];
      const api = scope.controlled(counter, { footprint: () => writes('n'), faults: () => possible });
      return { counter, api, scope };
    },
    tasks: tasks ?? (({ api }) => ({ a: async () => void got.push(await api.add().then(String, nameOf)) })),
    atEnd: ({ counter }) => void seen.add([...got, `n=${counter.n}`].join(' ')),
  };
  const report = await prove(scenario);
  assert.ok(report.complete, report.toString());
  return [...seen].toSorted();
}

function nameOf(error: unknown): string {
  return error instanceof FaultError ? error.code : 'other';
}

describe('a call', () => {
  it('that may fail before its effect, fails without it or has it', async () => {
    assert.deepEqual(await outcomes({ before: 1 }, ['before']), ['1 n=1', 'TESTER_FAULT n=0']);
  });

  it('whose reply may be lost has its effect either way', async () => {
    assert.deepEqual(await outcomes({ after: 1 }, ['after']), ['1 n=1', 'TESTER_FAULT n=1']);
  });

  it('that may be delivered twice answers once', async () => {
    assert.deepEqual(await outcomes({ duplicate: 1 }, ['duplicate']), ['1 n=1', '1 n=2']);
  });

  it('meets no fault that the scenario has no budget for, and none that the call cannot meet', async () => {
    assert.deepEqual(await outcomes({}, ['before', 'after', 'duplicate']), ['1 n=1']);
    assert.deepEqual(await outcomes({ before: 1 }, ['after']), ['1 n=1']);
  });

  it('and another share the budget: not both fail', async () => {
    const both: Scenario<World>['tasks'] = ({ api, counter }) => ({
      a: async () => {
        const failed = await Promise.allSettled([api.add(), api.add()]);
        assert.ok(failed.filter(({ status }) => status === 'rejected').length <= 1);
        assert.ok(counter.n >= 1);
      },
    });
    assert.deepEqual(await outcomes({ before: 1 }, ['before'], both), ['n=1', 'n=2']);
  });
});

describe('a task that crashes', () => {
  const crashing =
    (restart: boolean): Scenario<World>['tasks'] =>
    ({ api }) => ({
      a: { crashes: true, run: () => api.add(), ...(restart ? { restart: () => api.add() } : {}) },
    });

  it('leaves its call without effect, or with it', async () => {
    assert.deepEqual(await outcomes({ crash: 1 }, [], crashing(false)), ['n=0', 'n=1']);
  });

  it('starts again if the scenario says how, and a late call of its former life still lands', async () => {
    assert.deepEqual(await outcomes({ crash: 1 }, [], crashing(true)), ['n=1', 'n=2']);
  });

  it('does nothing more in its former life', async () => {
    const after: Scenario<World>['tasks'] = ({ api }) => ({
      a: {
        crashes: true,
        run: async () => {
          await api.add();
          await api.add();
        },
      },
    });
    assert.deepEqual(await outcomes({ crash: 1 }, [], after), ['n=0', 'n=1', 'n=2']);
  });

  it('is not called back by its timers', async () => {
    const ringing: Scenario<World>['tasks'] = ({ api, scope }) => {
      let gone = false;
      return {
        a: {
          crashes: true,
          run: async () => {
            scope.clock.after(5, () => assert.ok(!gone, 'it rang for somebody who was gone'));
            await api.add();
          },
          restart: async () => {
            gone = true;
          },
        },
        other: () => scope.clock.sleep(10),
      };
    };
    assert.deepEqual(await outcomes({ crash: 1 }, [], ringing), ['n=0', 'n=1']);
  });

  it('must say that it may: a call alone cannot say so', async () => {
    assert.deepEqual(
      await outcomes({ crash: 3 }, ['crash', 'crash-late'], ({ api }) => ({ a: () => api.add() })),
      ['n=1'],
    );
  });

  it('must say that it may: others never crash', async () => {
    assert.deepEqual(await outcomes({ crash: 3 }, [], ({ api }) => ({ a: () => api.add() })), ['n=1']);
  });

  it('may leave an operation open, which may then have happened or not', async () => {
    const { register } = await import('../../src/index.ts');
    const scenario: Scenario<Scope> = {
      name: 'open operation',
      faults: { crash: 1 },
      setup: (scope) => scope,
      tasks: (scope) => {
        let n = 0;
        const history = scope.history(register(0));
        const write = () => scope.point('write', writes('n'), () => void (n = 1));
        const read = () => scope.point('read', writes('n'), () => n);
        return {
          a: { crashes: true, run: () => history.operation({ type: 'write', value: 1 }, write) },
          b: () => history.operation({ type: 'read' }, read),
        };
      },
    };
    assert.ok((await prove(scenario)).passed);
  });
});
