import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import {
  type ExploreOptions,
  explore,
  type Footprint,
  nothing,
  type ProveOptions,
  prove,
  reads,
  type Scenario,
  type Scope,
  writes,
} from '../../src/index.ts';

/** `tasks` tasks that each pass `points` points, and touch what `footprint` says. */
function points(
  tasks: number,
  each: number,
  footprint: (task: number, point: number) => Footprint,
): Scenario<Scope> {
  return {
    name: `${tasks} tasks with ${each} points`,
    setup: (scope) => scope,
    tasks: (scope) =>
      Object.fromEntries(
        Array.from({ length: tasks }, (_, task) => [
          `t${task}`,
          async () => {
            for (let at = 0; at < each; at++) await scope.yield('point', footprint(task, at));
          },
        ]),
      ),
  };
}

const own = (task: number): Footprint => writes(`own/${task}`);
const shared = (at: number, path: string) => (task: number, point: number) =>
  point === at ? writes(path) : own(task);

async function pass({ open }: { readonly open: boolean }): Promise<void> {
  if (!open) throw new Error('closed');
}

async function count(scenario: Scenario<Scope>, options: ProveOptions = {}): Promise<number> {
  const report = await prove(scenario, options);
  assert.ok(report.complete);
  return report.schedules;
}

describe('an exhaustive search', () => {
  it.each([
    [2, 6, 924],
    [3, 4, 34_650],
    [1, 9, 1],
  ])('of every order of %i tasks with %i points runs %i schedules', async (tasks, each, expected) => {
    assert.equal(await count(points(tasks, each, own), { reduction: false }), expected);
  });

  it('runs one schedule of steps that are all independent', async () => {
    assert.equal(await count(points(4, 20, own)), 1);
  });

  it('runs every order of steps that all conflict', async () => {
    assert.equal(await count(points(3, 3, () => writes('x'))), 1680);
  });

  it('runs the 24 orders of one shared call in each of four tasks with 20 points', async () => {
    assert.equal(await count(points(4, 20, shared(10, 'x'))), 24);
  });

  it('runs the 576 orders of calls to two shared keys in each of four tasks with 20 points', async () => {
    const two = (task: number, point: number) => (point === 14 ? writes('y') : shared(5, 'x')(task, point));
    assert.equal(await count(points(4, 20, two)), 576);
  });

  it('tells branches from tasks, however many there are of these', async () => {
    const seen = new Set<string>();
    const crowd: Scenario<{ scope: Scope; order: string }> = {
      name: 'a crowd',
      setup: (scope) => ({ scope, order: '' }),
      tasks: (world) => {
        const write = (name: string) =>
          world.scope.point(name, writes('order'), () => void (world.order += name));
        const idle = Array.from(
          { length: 63 },
          (_, index) => [`idle${index}`, async () => undefined] as const,
        );
        const twice = async () => {
          await world.scope.yield('begin', nothing);
          await Promise.all([write('a'), write('b')]);
        };
        return { twice, ...Object.fromEntries(idle), once: () => write('c') };
      },
      atEnd: ({ order }) => void seen.add(order),
    };
    assert.ok((await prove(crowd)).complete);
    assert.equal(seen.size, 6);
  });

  it('sees that it matters who draws first', async () => {
    const drawing: Scenario<{ scope: Scope; a: number; b: number }> = {
      name: 'drawing',
      setup: (scope) => ({ scope, a: 0, b: 0 }),
      tasks: (world) => ({
        a: () => world.scope.point('a', nothing, () => void (world.a = world.scope.random())),
        b: () => world.scope.point('b', nothing, () => void (world.b = world.scope.random())),
      }),
    };
    assert.equal(await count(drawing as unknown as Scenario<Scope>), 2);
  });

  it('does not order readers among themselves', async () => {
    const readers = (task: number, point: number) =>
      task === 0 ? shared(2, 'x')(task, point) : point === 2 ? reads('x') : own(task);
    // One writer and three readers: each reader is before or after it.
    assert.equal(await count(points(4, 5, readers)), 8);
  });

  it('does not order among themselves calls that are refused, where these say that they have only read', async () => {
    const late = (scope: Scope) => {
      const gate = { open: true, close: () => void (gate.open = false), pass: () => pass(gate) };
      return scope.controlled(gate, {
        name: 'gate',
        footprint: () => writes('gate'),
        refused: () => reads('gate'),
      });
    };
    const scenario: Scenario<ReturnType<typeof late>> = {
      name: 'a gate',
      setup: late,
      tasks: (gate) => ({
        closing: async () => gate.close(),
        one: () => gate.pass().catch(() => undefined),
        other: () => gate.pass().catch(() => undefined),
      }),
    };
    // Of the six orders those two are one in which the gate is closed first.
    assert.equal((await prove(scenario)).schedules, 5);
  });

  it('orders the steps of a call that is refused in one of them', async () => {
    const seen = new Set<number>();
    const scenario: Scenario<{ scope: Scope; x: number }> = {
      name: 'a call within a call',
      setup: (scope) => ({ scope, x: 0 }),
      tasks: (world) => ({
        refused: () =>
          world.scope
            .call({
              label: 'outer',
              footprint: nothing,
              refused: nothing,
              execute: async () => {
                await world.scope.point('inner', writes('x'), () => void (world.x = 1));
                throw new Error('refused');
              },
            })
            .catch(() => undefined),
        reading: () => world.scope.point('read', reads('x'), () => void seen.add(world.x)),
      }),
    };
    await prove(scenario);
    assert.deepEqual([...seen].toSorted(), [0, 1]);
  });

  it('runs the schedules with at most one preemption: each task begins, and is interrupted at one of five points or not', async () => {
    assert.equal(await count(points(2, 6, own), { reduction: false, preemptions: 1 }), 12);
  });

  it('is not complete if it was cut short', async () => {
    const report = await prove(
      points(3, 3, () => writes('x')),
      { schedules: 10 },
    );
    assert.equal(report.complete, false);
    assert.equal(report.schedules, 10);
    assert.match(report.toString(), /not complete/);
  });

  it('runs every program that can be drawn', async () => {
    const seen = new Set<string>();
    const scenario: Scenario<Scope, readonly string[]> = {
      name: 'programs',
      program: (draw) => draw.list(0, 2, () => draw.pick(['a', 'b', 'c'])),
      setup: (scope, program) => {
        seen.add(program.join(''));
        return scope;
      },
      tasks: () => ({}),
    };
    const report = await prove(scenario);
    assert.deepEqual([...seen].toSorted(), [
      '',
      'a',
      'aa',
      'ab',
      'ac',
      'b',
      'ba',
      'bb',
      'bc',
      'c',
      'ca',
      'cb',
      'cc',
    ]);
    assert.equal(report.programs, 13);
    assert.ok(report.complete);
  });

  it('sees the states between independent steps if a condition looks at them', async () => {
    const scenario: Scenario<{ x: number; y: number; scope: Scope }> = {
      name: 'x before y',
      setup: (scope) => ({ x: 0, y: 0, scope }),
      tasks: (world) => ({
        x: () => world.scope.point('x', writes('x'), () => void (world.x = 1)),
        y: () => world.scope.point('y', writes('y'), () => void (world.y = 1)),
      }),
      always: { 'y is not ahead of x': ({ x, y }) => y <= x },
    };
    assert.equal((await prove(scenario)).found?.failure.kind, 'always');
  });

  it('tries what a daemon might have done before the others ended', async () => {
    const scenario: Scenario<{ n: number; seen: number; scope: Scope }> = {
      name: 'a daemon that is late',
      setup: (scope) => ({ n: 0, seen: 0, scope }),
      tasks: (world) => ({
        client: () => world.scope.point('read', reads('n'), () => void (world.seen = world.n)),
        server: {
          daemon: true,
          run: () => world.scope.point('write', writes('n'), () => void (world.n = 1)),
        },
      }),
      atEnd: ({ seen }) => assert.equal(seen, 0),
    };
    assert.equal((await prove(scenario)).found?.failure.kind, 'at-end');
  });

  it('is not slower for being asked for much: a million orders are a few dozen traces', async () => {
    const options: ExploreOptions = { schedules: 200 };
    assert.equal((await explore(points(4, 20, shared(3, 'x')), options)).traces, 24);
  });
});
