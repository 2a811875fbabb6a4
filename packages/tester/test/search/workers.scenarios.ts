import assert from 'node:assert/strict';
import { type Scenario, type Scope, writes } from '../../src/index.ts';

interface World {
  readonly scope: Scope;
  n: number;
}

/** All but three of six updates are lost only if the two tasks read in turn, each time: in few schedules. */
export const rarelyLost: Scenario<World, number> = {
  name: 'rarely lost',
  program: (draw) => draw.int(4),
  setup: (scope) => ({ scope, n: 0 }),
  tasks: (world, program) => {
    const add = async () => {
      for (let times = 0; times < 3; times++) {
        const seen = await world.scope.point('get', writes('n'), () => world.n);
        await world.scope.point('set', writes('n'), () => void (world.n = seen + 1));
      }
    };
    return { a: add, b: add, ...(program === 3 ? { c: add } : {}) };
  },
  atEnd: ({ n }, program) => assert.ok(program !== 2 || n > 2, `only ${n}`),
};

export const harmless: Scenario<World, number> = { ...rarelyLost, name: 'harmless', atEnd: () => undefined };

/** One of many programs cannot even be drawn. */
export const broken: Scenario<World, number> = {
  ...harmless,
  program: (draw) => {
    const program = draw.int(200);
    assert.notEqual(program, 7, 'no such program');
    return program;
  },
};

export const noScenario = 5;
