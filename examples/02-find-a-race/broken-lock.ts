/**
 * Broken lock. Two workers on two machines must never do the same job at once, and lock a key in a store. Two ways of
 * getting that wrong:
 * - look whether the key is there, and set it if not: both look before either sets;
 * - unlock whatever happened: who did not get the lock takes it from the one who holds it.
 */
import { reads, type Scenario, writes } from '@changeover/tester';

/** A key-value store, as the workers reach it over the network. */
class Keys {
  private readonly values: Map<string, string>;

  constructor(values: Map<string, string>) {
    this.values = values;
  }

  async get(key: string): Promise<string | undefined> {
    return this.values.get(key);
  }

  async set(key: string, value: string): Promise<void> {
    this.values.set(key, value);
  }

  /** False if the key is there. */
  async insert(key: string, value: string): Promise<boolean> {
    if (this.values.has(key)) return false;
    this.values.set(key, value);
    return true;
  }

  async delete(key: string): Promise<void> {
    this.values.delete(key);
  }
}

type Job = () => Promise<void>;

/** Does the job if it gets the lock, and leaves it to the other if not. */
type Lock = (keys: Keys, worker: string, job: Job) => Promise<void>;

const lookThenSet: Lock = async (keys, worker, job) => {
  if ((await keys.get('lock')) !== undefined) return;
  await keys.set('lock', worker);
  try {
    await job();
  } finally {
    await keys.delete('lock');
  }
};

const unlockInAnyCase: Lock = async (keys, worker, job) => {
  try {
    if (await keys.insert('lock', worker)) await job();
  } finally {
    await keys.delete('lock');
  }
};

const mended: Lock = async (keys, worker, job) => {
  if (!(await keys.insert('lock', worker))) return;
  try {
    await job();
  } finally {
    await keys.delete('lock');
  }
};

interface World {
  readonly keys: Keys;
  readonly job: Job;
  readonly values: ReadonlyMap<string, string>;
  readonly count: { working: number };
}

function working(name: string, lock: Lock, workers: readonly string[]): Scenario<World> {
  return {
    name,
    setup: (scope) => {
      const count = { working: 0 };
      const values = new Map<string, string>();
      const keys = scope.controlled(new Keys(values), {
        name: 'keys',
        footprint: (method, [key]) =>
          method === 'get' ? reads(`keys/${String(key)}`) : writes(`keys/${String(key)}`),
      });
      const job = async () => {
        scope.touch(writes('working'));
        count.working++;
        await scope.point('work', writes('working'), () => {
          count.working--;
        });
      };
      return { keys, job, values, count };
    },
    tasks: ({ keys, job }) =>
      Object.fromEntries(workers.map((worker) => [worker, () => lock(keys, worker, job)])),
    show: ({ values, count }) => ({ locked: Object.fromEntries(values), working: count.working }),
    always: {
      'one works at a time': { reads: reads('working'), holds: ({ count }) => count.working <= 1 },
    },
  };
}

const TWO = ['anna', 'ben'];
/** The third gets the lock that the second has taken from the first. */
const THREE = ['anna', 'ben', 'carl'];

export const lookingThenSetting = working('lock, look then set', lookThenSet, TWO);
export const unlockingInAnyCase = working('lock, unlock in any case', unlockInAnyCase, THREE);
export const soundLock = working('lock, mended', mended, THREE);
