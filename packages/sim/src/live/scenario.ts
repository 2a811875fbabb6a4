import { type FaultBudget, reads, type Scenario, type Scope, type TaskBody } from '@changeover/tester';
import { forget, MigratingTable, partitionsOf, type Sides } from 'changeover/live';
import { isReservedProperty, isReservedRow, MemoryStore, type Table, type Version } from 'changeover/table';
import { Client, nameOf } from './client.ts';
import { propertiesOf } from './contents.ts';
import { Judge } from './judge.ts';
import { Migration } from './migration.ts';
import { drawProgram, type Program, type Size } from './program.ts';
import { type Actor, watchedTable } from './watched-table.ts';

export interface World {
  readonly judge: Judge;
  readonly clients: readonly Client[];
  readonly migration: Migration;
  readonly sides: Sides;
  workerSides(name: string): Sides;
}

export interface LiveOptions {
  readonly name: string;
  readonly size: Size;
  readonly faults?: FaultBudget;
}

/** Clients at work on a table that moves, by a plan, while stores fail and workers crash. */
export function liveScenario({ name, size, faults }: LiveOptions): Scenario<World, Program> {
  return {
    name,
    program: (draw) => drawProgram(draw, size),
    setup: (scope, program) => setUp(scope, program),
    tasks: (world, program) => tasksOf(world, program),
    always: {
      'every answer is right': {
        reads: reads('verdict'),
        holds: ({ judge }) => {
          if (judge.violation) throw judge.violation;
        },
      },
    },
    atEnd: (world, program) => checkEnd(world, program),
    ...(faults ? { faults } : {}),
  };
}

async function setUp(scope: Scope, program: Program): Promise<World> {
  const stores = { source: new MemoryStore({ name: 'source' }), target: new MemoryStore({ name: 'target' }) };
  for (const store of [stores.source, stores.target]) await store.create('t');
  const sides: Sides = {
    source: await stores.source.open('t', { reserved: true }),
    target: await stores.target.open('t', { reserved: true }),
  };
  const judge = new Judge();
  let number = 0;
  const numbers = { next: () => ++number };
  const known = new Map<string, Version>();
  for (const { flag, ...key } of program.initial) {
    const content = { written: numbers.next(), merged: undefined, flag };
    const [result] = await sides.source.write([{ ...key, kind: 'insert', properties: propertiesOf(content) }]);
    const version = `s${result?.version}`;
    known.set(nameOf(key), version);
    judge.begin(key, content, version);
  }
  const watchedSides = (actor: Actor): Sides => ({
    source: watchedTable(sides.source, { scope, judge, side: 'source', actor }),
    target: watchedTable(sides.target, { scope, judge, side: 'target', actor }),
  });
  const clients = program.clients.map(({ late }, index) => {
    const actor: Actor = { name: `client${index + 1}`, kind: 'client', running: undefined, late };
    const table = new MigratingTable({
      sides: watchedSides(actor),
      phase: { kind: 'alone', side: 'source', clean: true },
      clock: scope.clock,
      ...(program.ids ? { random: () => scope.random() } : {}),
    });
    return new Client({ table, actor, judge, numbers, known, rowKeys: program.rowKeys });
  });
  return {
    judge,
    clients,
    sides,
    migration: new Migration(scope, program.plan, clients),
    workerSides: (name) => watchedSides({ name, kind: 'worker', running: undefined, late: -1 }),
  };
}

function tasksOf(world: World, program: Program): Record<string, TaskBody> {
  const { clients, migration } = world;
  const tasks: Record<string, TaskBody> = {};
  for (const [index, client] of clients.entries()) {
    tasks[client.actor.name] = async () => {
      for (const call of program.clients[index]?.calls ?? []) await client.call(call);
    };
  }
  const worker = () => migration.run(world.workerSides('worker'));
  tasks['worker'] = { run: worker, crashes: true, restart: worker };
  if (program.plan.second) tasks['second'] = () => migration.second(world.workerSides('second'));
  return tasks;
}

/** What all of this must have come to. */
async function checkEnd(world: World, program: Program): Promise<void> {
  const { judge, sides, clients } = world;
  if (judge.violation) throw judge.violation;
  if (!world.migration.done) throw new Error('the migration did not come to its end');
  const { phase } = (clients[0] as Client).table;
  const reader = new MigratingTable({ sides, phase, clock: { now: () => 0, sleep: async () => undefined } });
  for (const partitionKey of program.partitions) {
    const since = judge.now(partitionKey);
    judge.reads('the end', partitionKey, since, () => true, await reader.query(partitionKey));
    await checkFences(sides, partitionKey);
  }
  if (judge.violation) throw judge.violation;
  const { clean } = program.plan;
  if (!clean) return;
  for await (const partitionKey of partitionsOf(sides)) await forget(sides, partitionKey, clean);
  await checkClean(sides[clean]);
  await checkRetired(sides[clean === 'source' ? 'target' : 'source']);
}

/** No more than one side of a partition is open, and just that one has a fence. */
async function checkFences(sides: Sides, partitionKey: string): Promise<void> {
  const open: string[] = [];
  for (const side of ['source', 'target'] as const) {
    const rows = await sides[side].query(partitionKey);
    const state = rows.find(({ rowKey }) => rowKey === '_changeover.meta')?.properties['state']?.value;
    const fences = rows.filter(({ rowKey }) => rowKey.startsWith('_changeover.fence'));
    if (state === 'open') open.push(side);
    if (fences.length !== (state === 'open' ? 1 : 0)) {
      throw new Error(`${partitionKey} has ${fences.length} fences on the ${side}, which is ${state}`);
    }
  }
  if (open.length > 1) throw new Error(`${partitionKey} is open on both sides`);
}

async function checkClean(table: Table): Promise<void> {
  const { rows } = await table.scan();
  for (const row of rows) {
    const hidden = Object.keys(row.properties).some(isReservedProperty);
    if (isReservedRow(row.rowKey) || hidden) throw new Error(`${nameOf(row)} is left behind`);
  }
}

async function checkRetired(table: Table): Promise<void> {
  const { rows } = await table.scan();
  for (const row of rows) {
    if (row.rowKey !== '_changeover.meta') throw new Error(`${nameOf(row)} is left on the retired side`);
  }
}
