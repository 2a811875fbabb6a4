/**
 * Double-checked cache. A reader looks into the cache, finds nothing, asks the store, and puts the answer into the cache.
 * Between the look and the put lies an await, and two things go wrong:
 * - another reader looks meanwhile, finds nothing either, and the store is asked twice;
 * - a writer stores a new value meanwhile, and the old one, still on its way back, is put over it: readers get it from
 *   then on.
 */
import assert from 'node:assert/strict';
import {
  type RecordedHistory,
  type RegisterInput,
  register,
  type Scenario,
  type Scope,
} from '@changeover/tester';

class Profiles {
  loads = 0;
  private name = 'old';

  async load(): Promise<string> {
    this.loads++;
    return this.name;
  }

  async save(name: string): Promise<void> {
    this.name = name;
  }
}

class Cache {
  protected cached: string | undefined;
  protected readonly profiles: Profiles;

  constructor(profiles: Profiles) {
    this.profiles = profiles;
  }

  async read(): Promise<string> {
    this.cached ??= await this.profiles.load();
    return this.cached;
  }

  async write(name: string): Promise<void> {
    await this.profiles.save(name);
    this.cached = name;
  }
}

/** Readers share one load. A write makes everybody forget: what was loaded before it, and what is being loaded. */
class MendedCache extends Cache {
  private loading: Promise<string> | undefined;

  override async read(): Promise<string> {
    if (this.cached !== undefined) return this.cached;
    this.loading ??= this.profiles.load();
    const { loading } = this;
    const name = await loading;
    if (this.loading === loading) {
      this.cached = name;
      this.loading = undefined;
    }
    return name;
  }

  override async write(name: string): Promise<void> {
    await this.profiles.save(name);
    this.cached = undefined;
    this.loading = undefined;
  }
}

/** Replies are points of their own, `apart`: a value becomes stale on its way back, when another overtakes it. */
function controlled(scope: Scope, profiles: Profiles): Profiles {
  return scope.controlled(profiles, { name: 'profiles', replies: 'apart' });
}

interface Readers {
  readonly profiles: Profiles;
  readonly cache: Cache;
  /** Tasks start at once: who shall come at any time has to say so. */
  arrive(): Promise<void>;
}

/** Two readers come: the store is to be asked once. */
function readingTwice(name: string, CacheOf: typeof Cache): Scenario<Readers> {
  return {
    name,
    setup: (scope) => {
      const profiles = new Profiles();
      return {
        profiles,
        cache: new CacheOf(controlled(scope, profiles)),
        arrive: () => scope.yield('arrives'),
      };
    },
    tasks: ({ cache, arrive }) => ({
      alice: () => cache.read(),
      bob: async () => {
        await arrive();
        await cache.read();
      },
    }),
    atEnd: ({ profiles }) => assert.equal(profiles.loads, 1, 'the store was asked once'),
  };
}

type History = RecordedHistory<string, RegisterInput<string>, string | boolean | undefined>;

/** One reads twice while another writes: who reads after the write is done gets what was written. */
function readingWhileWriting(name: string, CacheOf: typeof Cache): Scenario<Cache> {
  return {
    name,
    setup: (scope) => {
      const history: History = scope.history(register('old'));
      const cache = new CacheOf(controlled(scope, new Profiles()));
      return history.recorded(cache, {
        input: (method, [value]) =>
          method === 'read' ? { type: 'read' } : { type: 'write', value: String(value) },
      });
    },
    tasks: (cache) => ({
      reader: async () => {
        await cache.read();
        await cache.read();
      },
      writer: () => cache.write('new'),
    }),
  };
}

export const twoLoads = readingTwice('cache, two loads', Cache);
export const oneLoad = readingTwice('cache, two loads, mended', MendedCache);
export const staleCache = readingWhileWriting('cache, stale value', Cache);
export const freshCache = readingWhileWriting('cache, stale value, mended', MendedCache);
