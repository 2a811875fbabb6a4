import { systemClock, systemRandom } from '@changeover/stores/host';
import { openSqliteControl, type SqliteControl } from '@changeover/stores/sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CountingClock } from './counting-clock.ts';
import { LivePlace, NAME, SOURCE, TARGET } from './live-place.ts';

const LEASE_MS = 2_000;

let place: LivePlace;
let control: SqliteControl;

beforeEach(async () => {
  place = await LivePlace.create();
  await place.all(`create ${NAME} ${SOURCE} ${TARGET}`);
  const path = place.workplace.path('.changeover/control.db');
  control = await openSqliteControl({ path, clock: systemClock, random: systemRandom, create: false });
});

afterEach(async () => {
  await control.close();
  await place.remove();
});

/** A client on another host, which is in the first phase, and from which nobody hears any more. */
async function unreachable(): Promise<string> {
  const owner = { host: 'web-2', pid: 7, processStart: '', bootId: '', label: 'shop' };
  const { id: session } = await control.openSession(owner, LEASE_MS);
  const client = { format: 1, session, group: '', label: 'shop', pid: 7, host: 'web-2', acknowledged: 0 };
  await control.put(`live/${NAME}/clients/${session}`, client, undefined);
  return session;
}

const WHO = 'shop \\(process 7 on web-2\\)';
const status = async () => (await place.live(['status', NAME])).stdout.text;
const settled = async () => ((await place.status())['phase'] as { settled: boolean }).settled;

describe('A client that cannot be reached while a phase is pushed', () => {
  test('is waited for by name, for one lease, and then no longer', async () => {
    const session = await unreachable();
    const beganAtMs = performance.now();
    const { exit, stdout } = await place.live(['start', NAME, '--until', 'managed']);
    const tookMs = performance.now() - beganAtMs;
    expect(exit).toBe(0);
    expect(stdout.text + (await status())).not.toContain('waited for');
    expect(tookMs).toBeGreaterThanOrEqual(LEASE_MS);
    expect(await control.session(session)).toBeUndefined();
  });

  test('is told of by whoever drives, with the time until which it is waited for', async () => {
    await unreachable();
    const { stderr } = await place.live(['start', NAME, '--until', 'managed']);
    expect(stderr.text).toMatch(new RegExp(`waiting for ${WHO}, which must be heard from by 20`));
  });

  test('is told of by status and watch, and that nothing is heard from it', async () => {
    await unreachable();
    const started = place.live(['start', NAME, '--until', 'managed']);
    await expect.poll(settled, { timeout: 10_000 }).toBe(false);
    const watched = place.live(['watch', NAME]);
    expect(await status()).toMatch(
      new RegExp(
        `does: +waiting until all clients are in the phase: ${WHO}[^]*\n  ${WHO}: alive, in phase 0, waited for`,
      ),
    );
    expect([(await started).exit, (await watched).exit]).toEqual([0, 0]);
    expect((await watched).stdout.text).toMatch(
      new RegExp(`which not everybody is in yet; waiting until all clients are in the phase: ${WHO}\n`),
    );
  });

  test('is called silent as soon as it should have been heard from, also where nobody drives', async () => {
    await unreachable();
    await expect
      .poll(status, { timeout: 10_000, interval: 200 })
      .toMatch(new RegExp(`${WHO}: silent, in phase 0`));
  });
});

describe('A client that is heard from and does not go into the phase', () => {
  test('is waited for until somebody stops that, which is exit 4, and the next start goes on', async () => {
    const session = await unreachable();
    const renewing = setInterval(() => void control.renewSession(session, LEASE_MS), LEASE_MS / 4);
    const stop = new AbortController();
    const clock = new CountingClock();
    const started = place.live(['start', NAME], { signal: stop.signal, clock });
    await expect.poll(settled, { timeout: 10_000 }).toBe(false);
    const sleeps = clock.sleeps;
    await expect.poll(() => clock.sleeps, { timeout: 20_000 }).toBeGreaterThan(sleeps + (2 * LEASE_MS) / 60);
    expect(await settled()).toBe(false);
    stop.abort();
    const { exit, stderr } = await started;
    expect({ exit, text: stderr.text }).toMatchObject({
      exit: 4,
      text: expect.stringContaining('(LIVE_INTERRUPTED)\nhint: Run the same command again: it goes on.'),
    });
    clearInterval(renewing);
    await place.all(`start ${NAME}`, `finalize ${NAME} --yes`);
    expect(place.keys('target.db')).toHaveLength(12);
  });
});
