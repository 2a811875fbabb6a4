import type { Store, Table } from 'changeover/table';
import { expect, onTestFinished, test } from 'vitest';
import { Scene } from './fixture.ts';

test('Who drives and is told to stop in the middle of a task waits for what is under way, and says how to go on', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  const scene = new Scene();
  await scene.create(['a', 'b'], 2);
  const stop = new AbortController();
  const resolve: Scene['resolve'] = async (url) => ({
    store: stoppingAtWrite((await scene.resolve(url)).store, scene, stop),
    table: undefined,
  });
  const going = scene.go({ until: 'complete' }, { signal: stop.signal, resolve, threads: 1 });
  await expect(going).rejects.toMatchObject({ code: 'LIVE_INTERRUPTED' });
  expect(unhandled).toEqual([]);
});

/** The first write of a worker has everybody told to stop, and takes its time nevertheless. */
function stoppingAtWrite(store: Store, { clock }: Scene, stop: AbortController): Store {
  return replacing(store, {
    open: async (...asked) => {
      const table: Table = await store.open(...asked);
      if (table.name !== 't') return table;
      return replacing(table, {
        write: async (batch) => {
          const isFirst = !stop.signal.aborted;
          stop.abort();
          for (let turn = 0; isFirst && turn < 100; turn += 1) await clock.sleep(100);
          return table.write(batch);
        },
      });
    },
  });
}

function replacing<T extends object>(inner: T, methods: Partial<T>): T {
  return new Proxy(inner, {
    get(_, name) {
      const value: unknown = Reflect.get(name in methods ? methods : inner, name, inner);
      return typeof value === 'function' ? value.bind(inner) : value;
    },
  });
}
