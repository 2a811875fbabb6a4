import type { Model } from '@changeover/tester';

type CounterInput = 'increment' | 'read';

/** A count; both operations give the new value. */
export const counter: Model<number, CounterInput, number> = {
  init: () => 0,
  step(count, input) {
    const next = input === 'increment' ? count + 1 : count;
    return { state: next, output: next };
  },
  equal: Object.is,
  readOnly: (input) => input === 'read',
};

type QueueInput = { readonly push: string } | 'pop';

/** First in, first out. A pop of nothing gives `undefined`; so does a push. */
export const queue: Model<readonly string[], QueueInput, string | undefined> = {
  init: () => [],
  step(items, input) {
    if (input === 'pop') return { state: items.slice(1), output: items[0] };
    return { state: [...items, input.push], output: undefined };
  },
  equal: Object.is,
  key: (items) => items.join(),
};

/** The same without a key: states are told apart as objects. */
export const queueWithoutKey: typeof queue = { init: queue.init, step: queue.step, equal: queue.equal };

type BagInput = { readonly put: string } | 'take';

/** A take gives any one of what is in the bag, and cannot happen while it is empty. */
export const bag: Model<readonly string[], BagInput, string | undefined> = {
  init: () => [],
  step(items, input) {
    if (input !== 'take') return { state: [...items, input.put].toSorted(), output: undefined };
    return items.map((item, i) => ({ state: [...items.slice(0, i), ...items.slice(i + 1)], output: item }));
  },
  equal: Object.is,
  key: (items) => items.join(),
};

/** A coin that is tossed unseen: what it shows is settled before anyone looks. */
export const coin: Model<boolean, 'toss' | 'look', boolean | undefined> = {
  init: () => false,
  step(up, input) {
    if (input === 'look') return { state: up, output: up };
    return [
      { state: true, output: undefined },
      { state: false, output: undefined },
    ];
  },
  equal: Object.is,
};
