import assert from 'node:assert/strict';
import { explore, type Scenario, type Scope, writes } from '@changeover/tester';
import {
  type ControlStore,
  FailureDetector,
  type Lease,
  MemoryControl,
  takeLease,
  takeLock,
} from 'changeover/control';
import { type Clock, isCode, seededRandom } from 'changeover/std';
import { expect, test } from 'vitest';

const START_MS = 1_000_000;
const LEASE_MS = 600;
const LOOK_MS = 100;
/** So often it is tried to get what the dead had: for three leases, where one is enough. */
const TRIES = (3 * LEASE_MS) / LOOK_MS;
const SCHEDULES = process.env['CHANGEOVER_TEST_LONG'] === '1' ? 20_000 : 1_500;

/** One machine: its process wants the lock, and anybody may set its time of day. */
class Machine {
  readonly name: string;
  readonly clock: Clock;
  readonly control: ControlStore;
  readonly detector: FailureDetector;
  setMs = 0;
  lease: Lease | undefined;
  /** Whether it has had the lock under this lease. */
  had = false;

  constructor(scope: Scope, name: string, first: MemoryControl) {
    this.name = name;
    this.clock = {
      now: () => START_MS + scope.clock.now() + this.setMs,
      monotonic: () => scope.clock.monotonic(),
      sleep: (ms, signal) => scope.clock.sleep(ms, signal),
    };
    this.detector = new FailureDetector({ clock: this.clock, probe: () => 'unknown' });
    const control = new MemoryControl({ clock: this.clock, random: seededRandom(name.length) }, first);
    this.control = scope.controlled<ControlStore>(control, {
      name,
      replies: 'apart',
      footprint: () => writes('control'),
    });
  }
}

interface World {
  readonly scope: Scope;
  readonly machines: readonly [Machine, Machine];
  /** Whether the first one is dead. */
  gone: boolean;
}

/**
 * Two processes on two machines want one lock. The first one dies with it, in the middle of anything; the clocks of both are
 * set, forward and back, at any moment.
 */
const contending: Scenario<World> = {
  name: 'two machines whose clocks are set want one lock',
  setup: (scope) => {
    const shared = new MemoryControl({ clock: scope.clock, random: seededRandom(1) });
    return {
      scope,
      machines: [new Machine(scope, 'first', shared), new Machine(scope, 'second', shared)],
      gone: false,
    };
  },
  tasks: (world) => {
    const [first, second] = world.machines;
    return {
      first: () => holdAndDie(world, first),
      second: () => getInTheEnd(world, second),
      somebody: () => setClocks(world),
    };
  },
  atEnd: ({ machines: [, second] }) => assert.ok(second.had, 'the lock of the dead was never got'),
};

/** Takes the lock, holds it for a while, and is gone without a word. */
async function holdAndDie(world: World, machine: Machine): Promise<void> {
  await get(world, machine);
  await world.scope.clock.sleep(world.scope.choose(2) * LEASE_MS);
  await machine.lease?.stop();
  world.gone = true;
}

async function getInTheEnd(world: World, machine: Machine): Promise<void> {
  for (let tries = 0; !machine.had && tries < TRIES; tries += world.gone ? 1 : 0) {
    await get(world, machine);
    await world.scope.clock.sleep(LOOK_MS);
  }
  await machine.lease?.stop();
}

async function get(world: World, machine: Machine): Promise<void> {
  const { control, clock, detector } = machine;
  await machine.lease?.stop();
  const lease = await takeLease(control, { ...OWNER, label: machine.name }, clock, LEASE_MS);
  machine.lease = lease;
  try {
    await takeLock({ control, clock, detector }, 'lock', lease.session);
  } catch (error) {
    if (!isCode(error, 'CONTROL_LOCK_HELD')) throw error;
    return;
  }
  machine.had = true;
  const holders = world.machines.filter(({ had, lease: each }) => had && each?.holds());
  assert.ok(holders.length < 2, 'two hold the lock at once');
}

const SET_MS = [-100 * LEASE_MS, -LEASE_MS, LEASE_MS, 100 * LEASE_MS];

async function setClocks({ scope, machines }: World): Promise<void> {
  for (let times = 0; times < 2; times += 1) {
    await scope.yield('a clock is set', writes('#time'));
    const machine = machines[scope.choose(2)]!;
    machine.setMs += SET_MS[scope.choose(SET_MS.length)] ?? 0;
  }
}

const OWNER = { host: 'here', pid: 1, processStart: '', bootId: '', label: '' };

test('However the clocks of two machines are set, never do two hold a lock, and nobody who is dead holds it for ever', {
  timeout: 600_000,
}, async () => {
  const report = await explore(contending, { schedules: SCHEDULES, maxSteps: 4_000 });
  report.assertPassed();
  expect(report.passed).toBe(true);
});
