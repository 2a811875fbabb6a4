/** Two tasks count in a store; imported by programs that run the built package, as a user's would. */
import assert from 'node:assert/strict';

class Counter {
  count = 0;

  async get() {
    return this.count;
  }

  async set(count) {
    this.count = count;
  }

  async add(count) {
    this.count += count;
  }
}

function counting(name, addOne) {
  return {
    name,
    setup: (scope) => {
      const counter = new Counter();
      return { counter, api: scope.controlled(counter, { name: 'counter' }) };
    },
    tasks: ({ api }) => ({ alice: () => addOne(api), bob: () => addOne(api) }),
    atEnd: ({ counter }) => assert.equal(counter.count, 2, 'both have counted'),
  };
}

export const losing = counting('count', async (api) => api.set((await api.get()) + 1));
export const mended = counting('count, mended', (api) => api.add(1));
