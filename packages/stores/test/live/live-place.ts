import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMigration, type Goal, reach, setGoal } from 'changeover/coordinator';
import { placesOf } from 'changeover/cutover';
import { onTestFinished } from 'vitest';
import { currentOwner, probeProcess, systemClock, systemRandom } from '../../src/host/index.ts';
import { resolve } from '../../src/index.ts';
import { openSqliteControl } from '../../src/sqlite/index.ts';
import { rowsOf } from '../sqlite/own-files.ts';

/** A directory with a table of four rows, and a migration of it that was created. Goes with the test. */
export async function livePlace() {
  const cwd = await mkdtemp(join(tmpdir(), 'changeover-live-'));
  const base = { clock: systemClock, random: systemRandom, owner: currentOwner('test'), probe: probeProcess };
  const control = await openSqliteControl({
    ...base,
    path: join(cwd, '.changeover/control.db'),
    create: true,
  });
  onTestFinished(async () => {
    await control.close();
    await rm(cwd, { recursive: true, force: true });
  });
  const open = (url: string) => resolve(url, { mode: 'write', clock: systemClock, env: {}, cwd });
  const { store } = await open('sqlite:source.db');
  await store.create('orders');
  const source = await store.open('orders');
  await source.load(rowsOf(['a', 'b'], 2));
  await store.close();
  const signal = new AbortController().signal;
  const common = { ...base, control, resolve: open, signal };
  const place = (side: string) => ({ url: `sqlite:${join(cwd, side)}.db`, table: 'orders' });
  await createMigration({
    ...common,
    name: 'orders',
    source: place('source'),
    target: place('target'),
    dryRun: false,
  });
  return {
    cwd,
    control,
    open,
    async go(goal: Partial<Goal>) {
      const places = await placesOf(control, 'orders');
      await setGoal(
        { ...base, control, places },
        { side: 'target', until: 'alone', range: null, retired: 'kept', ...goal },
      );
      await reach({ ...common, places, threads: 2, onEvent: () => undefined });
    },
    async clients(): Promise<number> {
      return (await control.list('live/orders/clients/')).length;
    },
  };
}
