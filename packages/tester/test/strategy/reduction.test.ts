import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { below, type Random, seededRandom } from '../../src/engine/random.ts';
import { type Footprint, nothing, prove, reads, type Scenario, writes } from '../../src/index.ts';

const KEYS = ['x', 'y', 'z'];

type Op =
  | { readonly kind: 'read' | 'write' | 'add' | 'maybe'; readonly key: string }
  | { readonly kind: 'sum' }
  | { readonly kind: 'both'; readonly first: Op; readonly second: Op };

const PLAIN = { forks: false, faults: false };

interface Options {
  readonly forks: boolean;
  readonly faults: boolean;
}

function randomOp(random: Random, { forks }: Options): Op {
  const key = KEYS[below(random, KEYS.length)] as string;
  const kinds = [
    'read',
    'write',
    'add',
    'sum',
    'maybe',
    ...(forks ? (['both', 'both'] as const) : []),
  ] as const;
  const kind = kinds[below(random, kinds.length)] as (typeof kinds)[number];
  if (kind === 'sum') return { kind };
  if (kind !== 'both') return { kind, key };
  return { kind, first: randomOp(random, PLAIN), second: randomOp(random, PLAIN) };
}

function footprintOf(op: Exclude<Op, { kind: 'both' }>): Footprint {
  if (op.kind === 'sum') return reads('table');
  if (op.kind === 'maybe') return nothing;
  return op.kind === 'read' ? reads(`table/${op.key}`) : writes(`table/${op.key}`);
}

/** Tasks that do random things to a small table. What a schedule comes to is all that was read, and what is left. */
function scenarioOf(
  tasks: readonly (readonly Op[])[],
  outcomes: Set<string>,
  faults: boolean,
): Scenario<unknown> {
  return {
    name: 'random operations',
    faults: faults ? { after: 1, crash: 1, duplicate: 1 } : {},
    setup: (scope) => ({
      scope,
      table: new Map(KEYS.map((key) => [key, 0])),
      seen: tasks.map((): unknown[] => []),
    }),
    tasks: (world) => {
      const { scope, table, seen } = world as {
        scope: Parameters<Scenario<unknown>['setup']>[0];
        table: Map<string, number>;
        seen: unknown[][];
      };
      const run = async (task: number, op: Op): Promise<unknown> => {
        if (op.kind === 'both') return Promise.all([run(task, op.first), run(task, op.second)]);
        return scope.call({
          label: op.kind,
          footprint: footprintOf(op),
          faults: op.kind === 'add' ? ['after', 'duplicate'] : [],
          error: () => new Error('lost'),
          execute: () => {
            if (op.kind === 'sum') return [...table.values()].join();
            // What a step touches may depend on a choice, and is known only when it has run.
            if (op.kind === 'maybe' && scope.choose(2) === 1) return 'no';
            if (op.kind === 'maybe') scope.touch(writes(`table/${op.key}`));
            const old = table.get(op.key) as number;
            if (op.kind !== 'read') table.set(op.key, op.kind === 'write' ? task + 1 : old * 3 + task + 1);
            return old;
          },
        });
      };
      return Object.fromEntries(
        tasks.map((ops, task) => [
          `t${task}`,
          {
            crashes: faults && task === 0,
            run: async () => {
              for (const op of ops)
                seen[task]?.push(await run(task, op).catch((error: Error) => error.message));
            },
          },
        ]),
      );
    },
    atEnd: (world) => {
      const { table, seen } = world as { table: Map<string, number>; seen: unknown[][] };
      outcomes.add(JSON.stringify([[...table], seen]));
    },
  };
}

async function outcomesOf(
  tasks: readonly (readonly Op[])[],
  faults: boolean,
  options: Parameters<typeof prove>[1],
): Promise<{ outcomes: string[]; schedules: number }> {
  const outcomes = new Set<string>();
  const report = await prove(scenarioOf(tasks, outcomes, faults), options);
  assert.ok(report.passed, String(report));
  assert.ok(report.complete);
  return { outcomes: [...outcomes].toSorted(), schedules: report.schedules };
}

function randomTasks(random: Random, options: Options, most: number, tasks = 2 + below(random, 2)): Op[][] {
  return Array.from({ length: tasks }, () =>
    Array.from({ length: 1 + below(random, most) }, () => randomOp(random, options)),
  );
}

const SEEDS = Array.from({ length: 60 }, (_, seed) => seed);

describe('the reduction', () => {
  it('leaves out no outcome of sequential tasks', async () => {
    let saved = 0;
    for (const seed of SEEDS) {
      const tasks = randomTasks(seededRandom(seed), { forks: false, faults: false }, 3);
      const all = await outcomesOf(tasks, false, { reduction: false });
      const reduced = await outcomesOf(tasks, false, {});
      assert.deepEqual(reduced.outcomes, all.outcomes, JSON.stringify(tasks));
      saved += all.schedules - reduced.schedules;
    }
    assert.ok(saved > 1000, 'the reduction reduced next to nothing: the programs show nothing');
  });

  it('leaves out no outcome of tasks that do several things at once', async () => {
    for (const seed of SEEDS.slice(0, 40)) {
      const tasks = randomTasks(seededRandom(seed + 1000), { forks: true, faults: false }, 2, 2);
      const all = await outcomesOf(tasks, false, { reduction: false });
      const reduced = await outcomesOf(tasks, false, {});
      assert.deepEqual(reduced.outcomes, all.outcomes, JSON.stringify(tasks));
    }
  });

  it('leaves out no outcome where calls fail, are delivered twice, and tasks crash', async () => {
    for (const seed of SEEDS.slice(0, 25)) {
      const tasks = randomTasks(seededRandom(seed + 2000), { forks: false, faults: true }, 2);
      const all = await outcomesOf(tasks, true, { reduction: false });
      const reduced = await outcomesOf(tasks, true, {});
      assert.deepEqual(reduced.outcomes, all.outcomes, JSON.stringify(tasks));
    }
  });

  it.each([0, 1, 2])('leaves out no outcome of at most %i preemptions', async (preemptions) => {
    for (const seed of SEEDS.slice(0, 30)) {
      const tasks = randomTasks(seededRandom(seed + 3000), { forks: false, faults: false }, 3);
      const all = await outcomesOf(tasks, false, { reduction: false, preemptions });
      const reduced = await outcomesOf(tasks, false, { preemptions });
      assert.deepEqual(reduced.outcomes, all.outcomes, JSON.stringify(tasks));
    }
  });
});
