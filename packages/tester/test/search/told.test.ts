import assert from 'node:assert/strict';
import { it } from 'vitest';
import { explore, type Scenario, type Scope, writes } from '../../src/index.ts';

/** Two tasks with two steps that all conflict: six traces. */
const six: Scenario<{ scope: Scope }> = {
  name: 'six',
  setup: (scope) => ({ scope }),
  tasks: ({ scope }) => {
    const task = async () => {
      for (const _ of [1, 2]) await scope.point('step', writes('x'), () => {});
    };
    return { a: task, b: task };
  },
};

it('A search tells how many schedules it has run, and how many traces it has seen', async () => {
  const told: unknown[] = [];
  await explore(six, { strategy: 'uniform', schedules: 200, progress: (progress) => told.push(progress) });
  assert.deepEqual(told[0], { schedules: 1, traces: 1 });
  assert.deepEqual(told.at(-1), { schedules: 193, traces: 6 });
});
