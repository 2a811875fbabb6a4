import assert from 'node:assert/strict';
import { register, type Scenario, type Scope, writes } from '../../src/index.ts';

/** Breaks out of a script, an attribute and an element, if it is let. */
export const HOSTILE = `</script><img src=x onerror="document.title='broken'">"'&`;

interface World {
  readonly scope: Scope;
  n: number;
}

/** Two tasks that add to a number, of which one update is lost. */
export const lostUpdate: Scenario<World> = {
  name: `lost update ${HOSTILE}`,
  setup: (scope) => ({ scope, n: 0 }),
  tasks: (world) => {
    const add = async () => {
      const seen = await world.scope.point(`get ${HOSTILE}`, writes('n'), () => world.n);
      await world.scope.point('set', writes('n'), () => void (world.n = seen + 1));
    };
    return { alice: add, [HOSTILE]: add };
  },
  show: ({ n }) => `n is ${n}\n${HOSTILE}`,
  atEnd: ({ n }) => assert.ok(n === 2, `expected 2, got ${n} ${HOSTILE}`),
};

/** A write that is answered before it can be seen. */
export const answeredEarly: Scenario<Scope> = {
  name: 'answered early',
  setup: (scope) => scope,
  tasks: (scope) => {
    const history = scope.history(register(0));
    let value = 0;
    return {
      writer: async () => {
        await history.operation({ type: 'write', value: 1 }, () => scope.yield('queue', writes('queue')));
        await scope.point('flush', writes('value'), () => void (value = 1));
      },
      reader: async () => {
        await scope.yield('wait', writes('queue'));
        await history.operation({ type: 'read' }, () => scope.point('read', writes('value'), () => value));
      },
    };
  },
};
