import { type ControlStore, MemoryControl } from 'changeover/control';
import { seededRandom, VirtualClock } from 'changeover/std';
import { describe, expect, test } from 'vitest';
import { DeferredControl } from '../../src/control/deferred-control.ts';

const OWNER = { host: 'h', pid: 1, processStart: '1', bootId: 'b', label: 'test' };

function setUp() {
  const made: ControlStore[] = [];
  const deferred = new DeferredControl('/c.db', async () => {
    const store = new MemoryControl({ clock: new VirtualClock(), random: seededRandom(1) });
    made.push(store);
    return store;
  });
  return { made, deferred };
}

describe('a control store that is not there yet', () => {
  test('is empty to everyone who reads, and is not made by it', async () => {
    const { made, deferred } = setUp();
    const read = [
      await deferred.get('jobs/a'),
      await deferred.list(''),
      await deferred.sessions(),
      await deferred.session('s'),
      await deferred.journal(0),
      deferred.identity,
    ];
    await deferred.close();
    expect({ read, made: made.length }).toEqual({ read: [undefined, [], [], undefined, [], ''], made: 0 });
  });

  test('is made once, by the first write', async () => {
    const { made, deferred } = setUp();
    await Promise.all([deferred.put('jobs/a', 1, undefined), deferred.openSession(OWNER, 1000)]);
    expect({ made: made.length, identity: deferred.identity }).toEqual({
      made: 1,
      identity: made[0]?.identity,
    });
  });

  test('reads what was written to it', async () => {
    const { deferred } = setUp();
    await deferred.put('jobs/a', 1, undefined);
    expect((await deferred.list('jobs/')).map(({ name }) => name)).toEqual(['jobs/a']);
  });

  test('watches like any other', async () => {
    const { deferred } = setUp();
    await deferred.put('jobs/a', 1, undefined);
    for await (const change of deferred.watch('', new AbortController().signal)) {
      expect(change.kind).toBe('put');
      break;
    }
  });
});
