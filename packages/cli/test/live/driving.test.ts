import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CliError } from '../../src/cli-error.ts';
import { CountingClock } from './counting-clock.ts';
import { LivePlace, NAME, SOURCE, TARGET } from './live-place.ts';

let place: LivePlace;

beforeEach(async () => {
  place = await LivePlace.create(100);
  await place.all(`create ${NAME} ${SOURCE} ${TARGET}`);
});

afterEach(() => place.remove());

type Event = Readonly<Record<string, unknown>>;

/** Waits for what others do. */
function until(isSo: () => unknown): Promise<void> {
  return expect.poll(async () => Boolean(await isSo()), { timeout: 10_000, interval: 20 }).toBe(true);
}

test('It is told how far it is while it works, and not only at the end', async () => {
  const { stdout } = await place.live(['start', NAME, '--threads', '1', '--rate', '200', '--json']);
  const told = stdout.events.filter(({ event, task }) => event === 'progress' && task === 'bring');
  expect(told.filter(({ rows }) => Number(rows) > 0 && Number(rows) <= 200)).not.toEqual([]);
});

describe('A pause', () => {
  test('lets the workers rest until they are resumed', async () => {
    await place.all(`pause ${NAME}`);
    const clock = new CountingClock();
    const started = place.live(['start', NAME], { clock });
    await until(() => clock.sleeps > 40);
    expect(await place.status()).toMatchObject({ task: { kind: 'bring', counts: { partitions: 0 } } });
    await place.all(`resume ${NAME}`);
    expect((await started).exit).toBe(0);
  });

  test('ends with another rate, or with none', async () => {
    await place.all(`resume ${NAME} --rate 7`);
    const limited = (await place.status())['settings'];
    await place.all(`resume ${NAME} --no-rate`);
    expect([limited, (await place.status())['settings']]).toMatchObject([
      { rowsPerSecond: 7 },
      { rowsPerSecond: null },
    ]);
  });
});

describe('Ctrl-C', () => {
  test('leaves a start where it stands, with exit 4 and the way to go on', async () => {
    await place.all(`pause ${NAME}`);
    const stop = new AbortController();
    const started = place.live(['start', NAME], { signal: stop.signal });
    await until(async () => (await place.status())['task']);
    stop.abort();
    const { exit, stderr } = await started;
    expect({ exit, text: stderr.text }).toEqual({
      exit: 4,
      text: expect.stringMatching(/\(LIVE_INTERRUPTED\)\nhint: Run the same command again: it goes on\./),
    });
  });

  test('does not keep the next start from going on', async () => {
    await place.all(`pause ${NAME}`);
    const stop = new AbortController();
    const started = place.live(['start', NAME], { signal: stop.signal });
    await until(async () => (await place.status())['task']);
    stop.abort();
    await started;
    await place.all(`resume ${NAME}`, `start ${NAME}`);
    expect(await place.status()).toMatchObject({ stage: 'target only' });
  });
});

describe('A health check', () => {
  const CHECK = ['start', NAME, '--health-check'];

  test('that succeeds is no hindrance', async () => {
    expect((await place.live([...CHECK, 'echo fine >&2'])).exit).toBe(0);
  });

  test('that fails stops it with exit 4, and its last line is why', async () => {
    const { exit, stderr } = await place.live([
      ...CHECK,
      'echo so; echo one >&2; echo too many errors >&2; exit 1',
    ]);
    expect({ exit, text: stderr.text }).toEqual({
      exit: 4,
      text: expect.stringMatching(/: too many errors \(LIVE_TROUBLE\)\n/),
    });
  });

  test('that fails silently is told by its exit', async () => {
    const { stderr } = await place.live([...CHECK, 'exit 7']);
    expect(stderr.text).toContain('the health check ended with exit 7');
  });

  test('that fails leaves all clients in a phase of before', async () => {
    await place.live([...CHECK, 'exit 1']);
    expect(await place.status()).toMatchObject({
      phase: { name: 'source only', settled: true },
      hold: { code: 'LIVE_TROUBLE' },
    });
  });
});

test('A difference that is proved is told with its row, and is exit 3', async () => {
  await place.all(`start ${NAME} --until complete`, `rollback ${NAME} --partition b --yes`);
  place.workplace.sql('target.db', "delete from orders where partition_key = 'c' and row_key = '0007'");
  const { exit, stderr } = await place.live(['start', NAME]);
  expect({ exit, text: stderr.text }).toEqual({
    exit: 3,
    text: expect.stringMatching(/\nmissing \(not copied\): table orders, row "c"\/"0007".*\n/),
  });
});

test('Who started it hears that somebody else has turned it back', async () => {
  await place.all(`pause ${NAME}`);
  const started = place.live(['start', NAME]);
  await until(async () => (await place.status())['task']);
  const back = place.live(['rollback', NAME, '--yes']);
  await until(async () => (await place.status())['stage'] !== 'copying');
  await place.all(`resume ${NAME}`);
  const runs = await Promise.all([started, back]);
  expect(runs.map(({ exit }) => exit)).toEqual([4, 0]);
});

describe('watch', () => {
  test('tells of every change until the goal is reached', async () => {
    await place.all(`pause ${NAME}`);
    const started = place.live(['start', NAME]);
    await until(async () => (await place.status())['task']);
    const watched = place.live(['watch', NAME, '--json']);
    await place.all(`resume ${NAME}`);
    await started;
    const { exit, stdout } = await watched;
    expect({ exit, last: stdout.events.at(-1) }).toMatchObject({ exit: 0, last: { stage: 'target only' } });
    expect(stdout.events.filter(({ event }: Event) => event === 'migration').length).toBeGreaterThan(1);
  });

  test('is over at once where nothing happens', async () => {
    const { exit, stdout } = await place.live(['watch', NAME]);
    expect({ exit, text: stdout.text }).toEqual({
      exit: 0,
      text: 'orders: created, phase 0, source only; nothing: the goal is reached\n',
    });
  });

  test('ends with Ctrl-C', async () => {
    await place.all(`pause ${NAME}`);
    const stop = new AbortController();
    const started = place.live(['start', NAME], { signal: stop.signal });
    await until(async () => (await place.status())['task']);
    const watched = place.live(['watch', NAME], { signal: stop.signal });
    stop.abort(new CliError('CLI_INTERRUPTED', 'stopped', 'Again.'));
    expect([(await watched).exit, (await started).exit]).toEqual([4, 4]);
  });
});

test('A worker helps until it is over', async () => {
  await place.all(`pause ${NAME}`);
  const started = place.live(['start', NAME, '--threads', '1']);
  await until(async () => (await place.status())['task']);
  const worked = place.live(['work', NAME, '--json']);
  await until(async () => ((await place.status()) as { task?: { workers: number } }).task?.workers === 2);
  await place.all(`resume ${NAME}`);
  await started;
  await place.all(`finalize ${NAME} --yes`);
  expect((await worked).exit).toBe(0);
});
