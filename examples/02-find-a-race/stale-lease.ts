/**
 * A lease without a fencing token. A worker may write while its lease lasts, and looks at the clock before it does. But
 * the write takes time: it arrives when the lease has run out and another holds it, and overwrites what that one wrote.
 * Looking at the clock once more does not help, however late it is done.
 *
 * Mended: each lease comes with a number, higher than those before it, and each call to the store bears it. The store
 * refuses a number lower than one that it has seen. It must see it in reads too: a holder that has read and not yet
 * written is otherwise not known of (Kleppmann, How to do distributed locking, 2016).
 */
import assert from 'node:assert/strict';
import { type Scenario, type VirtualClock, writes } from '@changeover/tester';

const LEASE_MS = 10;

class Leases {
  private token = 0;
  private until = 0;
  private readonly clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.clock = clock;
  }

  async take(): Promise<{ token: number; until: number } | undefined> {
    const now = this.clock.now();
    if (now < this.until) return undefined;
    this.until = now + LEASE_MS;
    return { token: ++this.token, until: this.until };
  }
}

/** Holds a counter. */
class Store {
  value = 0;

  async read(_token: number): Promise<number> {
    return this.value;
  }

  async write(value: number, _token: number): Promise<void> {
    this.value = value;
  }
}

class StaleTokenError extends Error {}

class FencedStore extends Store {
  private seen = 0;

  override async read(token: number): Promise<number> {
    this.check(token);
    return super.read(token);
  }

  override async write(value: number, token: number): Promise<void> {
    this.check(token);
    await super.write(value, token);
  }

  private check(token: number): void {
    if (token < this.seen) throw new StaleTokenError(`${token} is older than ${this.seen}`);
    this.seen = token;
  }
}

interface World {
  readonly clock: VirtualClock;
  readonly leases: Leases;
  readonly store: Store;
  readonly stored: Store;
  readonly done: { added: number };
}

/** Adds one to the counter. Tries twice: a schedule in which somebody is always too late would not end. */
async function addOne({ clock, leases, store, done }: World): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt++) {
    if (attempt > 0) await clock.sleep(LEASE_MS);
    const lease = await leases.take();
    if (lease && (await addUnder(lease, clock, store))) {
      done.added++;
      return;
    }
  }
}

async function addUnder(
  { token, until }: { token: number; until: number },
  clock: VirtualClock,
  store: Store,
): Promise<boolean> {
  try {
    const value = await store.read(token);
    if (clock.now() >= until) return false;
    await store.write(value + 1, token);
    return true;
  } catch (error) {
    if (error instanceof StaleTokenError) return false;
    throw error;
  }
}

function adding(name: string, StoreOf: typeof Store): Scenario<World> {
  return {
    name,
    setup: (scope) => {
      const stored = new StoreOf();
      return {
        clock: scope.clock,
        leases: scope.controlled(new Leases(scope.clock), {
          name: 'leases',
          footprint: () => writes('lease'),
        }),
        // With a fence even a read writes: the store keeps the token that it bears.
        store: scope.controlled(stored, { name: 'store', footprint: () => writes('store') }),
        stored,
        done: { added: 0 },
      };
    },
    tasks: (world) => ({ one: () => addOne(world), two: () => addOne(world) }),
    atEnd: ({ stored, done }) => assert.equal(stored.value, done.added, 'all that was added is there'),
  };
}

export const unfencedLease = adding('lease without a fencing token', Store);
export const fencedLease = adding('lease, mended', FencedStore);
