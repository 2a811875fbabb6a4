import type { MigrationStatus } from 'changeover/coordinator';
import { seededRandom, VirtualClock } from 'changeover/std';
import { expect, test } from 'vitest';
import { createStatusView } from '../../src/live/status-view.ts';
import { CapturedOutput } from '../support/captured-output.ts';

const STATUS: MigrationStatus = {
  name: 'orders',
  source: { url: 'sqlite:/a.db#orders', table: 'orders' },
  target: { url: `sqlite:/${'long'.repeat(50)}.db#orders`, table: 'orders' },
  stage: 'copying',
  phase: { number: 2, name: 'managed, default target', settled: true },
  plan: 1,
  goal: { side: 'target', until: 'alone', range: null, retired: 'kept' },
  next: 'bring',
  hold: null,
  retired: null,
  settings: { paused: false, rowsPerSecond: null },
  driver: null,
  clients: [
    { label: 'shop', pid: 7, host: 'h', group: '', leaseUntilMs: 1, acknowledged: 2, state: 'alive' },
  ],
  task: null,
  createdAtMs: 0,
  journal: [],
};

function setUp(terminal: { readonly rows: number } | undefined) {
  const stdout = new CapturedOutput(terminal !== undefined);
  Object.assign(stdout.stream, terminal);
  const io = {
    stdout,
    stderr: stdout,
    stdin: process.stdin,
    env: {},
    cwd: '/',
    clock: new VirtualClock(),
    random: seededRandom(1),
    signal: new AbortController().signal,
  };
  return { stdout, view: createStatusView({ io, json: undefined }) };
}

test('On a terminal each picture is drawn over the one before', () => {
  const { stdout, view } = setUp({ rows: 50 });
  view.show(STATUS);
  const drawn = stdout.lines.length;
  view.show(STATUS);
  expect(stdout.text.split(`\u001b[${drawn}A\r\u001b[J`)).toHaveLength(2);
});

test('A picture fits the terminal, so that it does not scroll', () => {
  const { stdout, view } = setUp({ rows: 8 });
  view.show(STATUS);
  expect({
    lines: stdout.lines.length,
    widest: Math.max(...stdout.lines.map(({ length }) => length)),
  }).toEqual({
    lines: 7,
    widest: 100,
  });
});

test('Elsewhere a line is written for each change, and a lease that is renewed is none', () => {
  const { stdout, view } = setUp(undefined);
  view.show(STATUS);
  view.show({ ...STATUS, clients: STATUS.clients.map((client) => ({ ...client, leaseUntilMs: 2 })) });
  view.show({ ...STATUS, next: 'validate' });
  expect(stdout.lines).toEqual([
    'orders: copying, phase 2, managed, default target; bring',
    'orders: copying, phase 2, managed, default target; validate',
  ]);
});
