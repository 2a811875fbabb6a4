import assert from 'node:assert/strict';
import { explore, type Scenario } from '@changeover/tester';

class Counter {
  n = 0;
  async get(): Promise<number> {
    return this.n;
  }
  async set(n: number): Promise<void> {
    this.n = n;
  }
}

const counting: Scenario<{ counter: Counter; api: Counter }> = {
  name: 'counting',
  setup: (scope) => {
    const counter = new Counter();
    return { counter, api: scope.controlled(counter, { name: 'counter' }) };
  },
  tasks: ({ api }) => ({
    alice: async () => api.set((await api.get()) + 1),
    bob: async () => api.set((await api.get()) + 1),
  }),
  atEnd: ({ counter }) => assert.equal(counter.n, 2),
};

(await explore(counting)).assertPassed(); // throws, and the error is the report
