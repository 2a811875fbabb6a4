import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import {
  type Controlled,
  explore,
  prove,
  reads,
  type Scenario,
  type Scope,
  writes,
} from '../../src/index.ts';

class Shelf {
  readonly items = new Map([['a', 1]]);
  readonly #secret = 7;

  async get(key: string): Promise<number | undefined> {
    return this.items.get(key);
  }

  async put(key: string, value: number): Promise<void> {
    this.items.set(key, value);
  }

  size(): number {
    return this.items.size;
  }

  async secret(): Promise<number> {
    return this.#secret;
  }

  async *list(): AsyncGenerator<number> {
    for (const value of this.items.values()) yield value;
  }
}

function shelfScenario(
  options: Controlled<Shelf>,
  tasks: (shelf: Shelf, seen: unknown[], scope: Scope) => ReturnType<Scenario<unknown>['tasks']>,
  outcomes = new Set<string>(),
): Scenario<{ shelf: Shelf; seen: unknown[]; scope: Scope }> {
  return {
    name: 'shelf',
    setup: (scope) => ({ shelf: scope.controlled(new Shelf(), options), seen: [], scope }),
    tasks: ({ shelf, seen, scope }) => tasks(shelf, seen, scope),
    atEnd: ({ seen }) => void outcomes.add(JSON.stringify(seen)),
  };
}

describe('a controlled object', () => {
  it('is called as itself, private fields and all', async () => {
    const outcomes = new Set<string>();
    await explore(
      shelfScenario({}, (shelf, seen) => ({ a: async () => void seen.push(await shelf.secret()) }), outcomes),
    );
    assert.deepEqual([...outcomes], ['[7]']);
  });

  it('answers at once where it is said to, and gives its properties as they are', async () => {
    const outcomes = new Set<string>();
    const direct = shelfScenario(
      { direct: ['size'] },
      (shelf, seen) => ({ a: async () => void seen.push(shelf.size(), shelf.items.size) }),
      outcomes,
    );
    await explore(direct);
    assert.deepEqual([...outcomes], ['[1,1]']);
  });

  it('names its calls with their arguments in reports', async () => {
    const wrong = shelfScenario({}, (shelf) => ({ a: async () => assert.equal(await shelf.get('a'), 2) }));
    const { found } = await explore(wrong);
    assert.deepEqual(
      found?.trace.map(({ label, outcome }) => [label, outcome]),
      [['Shelf.get("a")', '→ 1']],
    );
    assert.match(found?.trace[0]?.at ?? '', /controlled\.test\.ts:\d+:\d+/);
  });

  it('parks at each step of a stream', async () => {
    const outcomes = new Set<string>();
    const streaming = shelfScenario(
      { streams: ['list'] },
      (shelf, seen) => ({
        reader: async () => {
          for await (const value of shelf.list()) seen.push(value);
        },
        writer: () => shelf.put('b', 2),
      }),
      outcomes,
    );
    assert.ok((await prove(streaming)).complete);
    assert.deepEqual([...outcomes].toSorted(), ['[1,2]', '[1]']);
  });

  it('closes a stream that is left early', async () => {
    const leaving = shelfScenario({ streams: ['list'] }, (shelf) => ({
      reader: async () => {
        for await (const _ of shelf.list()) throw new Error('enough');
      },
    }));
    const { found } = await explore(leaving);
    assert.deepEqual(
      found?.trace.map(({ label }) => label),
      ['Shelf.list.next()', 'Shelf.list.return()'],
    );
  });

  it('asks for the footprint of a step of a stream with what the stream was opened with', async () => {
    const asked: unknown[] = [];
    const footprint = (method: string, args: readonly unknown[]) => {
      asked.push([method, ...args]);
      return reads('shelf');
    };
    const leaving = shelfScenario({ streams: ['list'], footprint }, (shelf) => ({
      reader: async () => {
        const list = shelf.list as (from: string) => AsyncIterable<number>;
        for await (const _ of list('a')) break;
      },
    }));
    await explore(leaving, { schedules: 1 });
    assert.deepEqual(asked.slice(0, 2), [
      ['list.next', 'a'],
      ['list.return', 'a'],
    ]);
  });

  it('lets replies overtake each other where they are points of their own', async () => {
    const last = async (replies: 'together' | 'apart') => {
      const outcomes = new Set<string>();
      const cached = shelfScenario(
        { replies, footprint: (method) => (method === 'get' ? reads('shelf') : writes('shelf')) },
        (shelf, seen, scope) => {
          const remember = (value: number | undefined) => {
            scope.touch(writes('cache'));
            seen[0] = value;
          };
          return {
            reader: async () => remember(await shelf.get('a')),
            writer: async () => {
              await shelf.put('a', 2);
              remember(2);
            },
          };
        },
        outcomes,
      );
      assert.ok((await prove(cached)).complete);
      return [...outcomes].toSorted();
    };
    // What was read before the write is remembered after it only if its reply was slow.
    assert.deepEqual(await last('together'), ['[2]']);
    assert.deepEqual(await last('apart'), ['[1]', '[2]']);
  });
});

describe('the audit', () => {
  const audited = (
    footprint: Controlled<{ put(): Promise<void> }>['footprint'],
  ): Scenario<{ put(): Promise<void> }> => ({
    name: 'audited',
    setup: (scope) => {
      const state = scope.observed({ rows: new Map<string, number>(), count: 0 }, 'state');
      const store = {
        put: async () => {
          state.rows.set('k', 1);
          state.count++;
        },
      };
      return scope.controlled(store, { name: 'store', ...(footprint ? { footprint } : {}) });
    },
    tasks: (store) => ({ a: () => store.put() }),
  });

  it('passes what the footprints tell, or what lies within', async () => {
    assert.ok(
      (
        await explore(
          audited(() => writes('state/rows/k', 'state/count')),
          { audit: true },
        )
      ).passed,
    );
    assert.ok(
      (
        await explore(
          audited(() => writes('state')),
          { audit: true },
        )
      ).passed,
    );
  });

  it('fails what they do not tell, and says what it was', async () => {
    const { found } = await explore(
      audited(() => writes('state/rows/k')),
      { audit: true },
    );
    assert.equal(found?.failure.kind, 'audit');
    assert.equal(
      found.failure.message,
      'the step of store.put() reads state/count, and declares: writes state/rows/k',
    );
  });

  it('is off unless asked for', async () => {
    assert.ok((await explore(audited(() => writes('other')))).passed);
  });
});
