import {
  type Draw,
  type FaultBudget,
  reads,
  type Scenario,
  type Scope,
  type TaskBody,
} from '@changeover/tester';
import type { Phase, Side, Sides } from 'changeover/live';
import {
  decodeProperties,
  isReservedProperty,
  isReservedRow,
  type Manifest,
  MemoryPlace,
  MemoryStore,
  type Page,
  type Row,
  type Table,
  type Version,
} from 'changeover/table';
import { kindOf, tableModel } from './black-box.ts';
import { Client, nameOf } from './client.ts';
import { propertiesOf } from './contents.ts';
import { Guard, type Stores } from './guard.ts';
import { Judge } from './judge.ts';
import type { Live } from './live.ts';
import { Migration } from './migration.ts';
import { drawProgram, type PlannedClient, type Program, type Size } from './program.ts';
import type { Content } from './reference.ts';
import { type Actor, showKey, showProperties, watchedTable } from './watched-table.ts';
import { Witness } from './witness.ts';

export interface World {
  readonly judge: Judge;
  readonly clients: readonly Client[];
  readonly migration: Migration;
  readonly sides: Sides;
  readonly live: Live;
  /** Where the stores keep their rows. */
  readonly places: Readonly<Record<Side, MemoryPlace>>;
  workerSides(name: string): Sides;
}

export interface LiveOptions {
  readonly name: string;
  readonly size: Size;
  readonly faults?: FaultBudget;
  /** What is tested: the module as it ships, or a mutant of it. */
  readonly live: Live;
}

/** Where everything stands before the clients begin. */
export interface Prepared {
  readonly phase: Phase;
  prepare(live: Live, sides: Sides): Promise<unknown>;
}

/** Clients at work on a table that moves, by a plan, while stores fail and workers crash. */
export function liveScenario({ size, ...options }: LiveOptions): Scenario<World, Program> {
  const { stores } = size;
  const program = (draw: Draw) => drawProgram(draw, size);
  return scenarioOf({ ...options, program, prepared: UNMANAGED, ...(stores ? { stores } : {}) });
}

export const UNMANAGED: Prepared = {
  phase: { kind: 'alone', side: 'source', clean: true },
  prepare: async () => undefined,
};

export function scenarioOf({
  name,
  program,
  faults,
  live,
  prepared,
  stores = {},
  joins = false,
}: Omit<LiveOptions, 'size'> & {
  readonly program: (draw: Draw) => Program;
  readonly prepared: Prepared;
  readonly stores?: Partial<Manifest>;
  /** Nobody reads one side before both have answered: so it is as long as no call fails, and none is left under way. */
  readonly joins?: boolean;
}): Scenario<World, Program> {
  return {
    name,
    program,
    setup: (scope, drawn) => setUp(scope, drawn, { live, prepared, stores }),
    tasks: (world, drawn) => tasksOf(world, drawn, joins),
    always: {
      'every answer is right': {
        reads: reads('verdict'),
        holds: ({ judge }) => {
          if (judge.violation) throw judge.violation;
        },
      },
    },
    show: shownWorld,
    atEnd: (world, drawn) => checkEnd(world, drawn),
    ...(faults ? { faults } : {}),
  };
}

/** How long a request may arrive after its caller has given up, if no fence of a partition stops it. */
const REQUEST_LIFETIME_MS = 1000;

interface Making {
  readonly live: Live;
  readonly prepared: Prepared;
  readonly stores: Partial<Manifest>;
}

async function setUp(scope: Scope, program: Program, { live, prepared, ...making }: Making): Promise<World> {
  const { capable } = program;
  const manifest = {
    requestLifetimeMs: REQUEST_LIFETIME_MS,
    check: capable,
    snapshotRead: capable,
    deletesAbsent: capable,
    ...making.stores,
  };
  const places = { source: new MemoryPlace(), target: new MemoryPlace() };
  const stores: Stores = {
    source: new MemoryStore({ name: 'source', manifest }, places.source),
    target: new MemoryStore({ name: 'target', manifest }, places.target),
  };
  for (const store of [stores.source, stores.target]) await store.create('t');
  const sides: Sides = {
    source: await stores.source.open('t', { reserved: true }),
    target: await stores.target.open('t', { reserved: true }),
  };
  const judge = new Judge();
  let number = 0;
  const numbers = { next: () => ++number };
  const known = new Map<string, Version>();
  const begun = new Map<string, Map<string, Content>>();
  const history = scope.history(
    tableModel(
      begun,
      program.plan.steps.some(({ type }) => type === 'clean'),
    ),
    { kindOf },
  );
  const witness = new Witness(history);
  for (const { flag, ...key } of program.initial) {
    const content = { written: numbers.next(), merged: undefined, flag };
    const [result] = await sides.source.write([
      { ...key, kind: 'insert', properties: propertiesOf(content) },
    ]);
    const version = `s${result?.version}`;
    known.set(nameOf(key), version);
    judge.begin(key, content, version);
    witness.given(key, version, content.written);
    begun.set(
      key.partitionKey,
      (begun.get(key.partitionKey) ?? new Map<string, Content>()).set(key.rowKey, content),
    );
  }
  await prepared.prepare(live, sides);
  const guard = program.plan.guarded ? new Guard(scope, stores) : undefined;
  const phase: Phase = guard ? { ...prepared.phase, fence: Guard.phase(0) } : prepared.phase;
  if (guard) await Guard.begin(stores, 0);
  const watchedSides = (actor: Actor): Sides => ({
    source: watchedTable(sides.source, { scope, judge, side: 'source', actor }),
    target: watchedTable(sides.target, { scope, judge, side: 'target', actor }),
  });
  const clients = program.clients.map(({ late }, index) => {
    const actor: Actor = { name: `client${index + 1}`, kind: 'client', running: undefined, late };
    const table = new live.MigratingTable({
      sides: watchedSides(actor),
      phase,
      // Whoever pushes waits for all of them, unless the stores' own fences keep out who is late.
      ...(guard ? {} : { tenure: { holds: () => true } }),
      clock: scope.clock,
      ...(program.ids ? { random: () => scope.random() } : {}),
    });
    return new Client({ table, actor, judge, witness, numbers, known, rowKeys: program.rowKeys });
  });
  return {
    judge,
    clients,
    sides,
    live,
    places,
    migration: new Migration({ scope, plan: program.plan, clients, live, guard, judge, phase }),
    workerSides: (name) => watchedSides({ name, kind: 'worker', running: undefined, late: -1 }),
  };
}

function tasksOf(world: World, program: Program, joins: boolean): Record<string, TaskBody> {
  const { clients, migration } = world;
  const tasks: Record<string, TaskBody> = {};
  for (const [index, client] of clients.entries()) {
    const run = async () => {
      const { calls, from } = program.clients[index] as PlannedClient;
      for (const [number, call] of calls.entries()) {
        await migration.reached(from[number] ?? 0);
        await client.call(call);
      }
    };
    tasks[client.actor.name] = { run, joins };
  }
  const worker = () => migration.run(world.workerSides('worker'));
  tasks['worker'] = { run: worker, joins, crashes: true, restart: worker };
  if (program.plan.guarded) {
    for (const client of clients) {
      tasks[`courier of ${client.actor.name}`] = () => migration.courier(client);
    }
  }
  if (program.plan.second) tasks['second'] = () => migration.second(world.workerSides('second'));
  return tasks;
}

/** What applications are to see, and what is really on both sides: each row in a line. */
function shownWorld({ judge, places }: World): Record<string, Record<string, string>> {
  return { reference: judge.shown(), source: shownRows(places.source), target: shownRows(places.target) };
}

function shownRows(place: MemoryPlace): Record<string, string> {
  const rows = [...place.rowsOf('t').from()].map((stored) => {
    const text = showProperties(decodeProperties(stored.encoded));
    return [showKey(stored), `${text} version ${stored.version}`];
  });
  return Object.fromEntries(rows) as Record<string, string>;
}

/** What all of this must have come to. */
async function checkEnd(world: World, program: Program): Promise<void> {
  const { judge, sides, clients, live } = world;
  if (judge.violation) throw judge.violation;
  if (!world.migration.done) throw new Error('the migration did not come to its end');
  const { phase } = (clients[0] as Client).table;
  const reader = new live.MigratingTable({
    sides,
    phase,
    clock: { now: () => 0, monotonic: () => 0, sleep: async () => undefined },
  });
  for (const partitionKey of program.partitions) {
    const since = judge.now(partitionKey);
    judge.reads('the end', partitionKey, since, () => true, await allRows(reader, partitionKey));
    await checkFences(sides, partitionKey);
  }
  if (judge.violation) throw judge.violation;
  const { clean } = program.plan;
  if (!clean) return;
  await sweep(world, clean);
  await checkClean(sides[clean]);
  await checkRetired(sides[clean === 'source' ? 'target' : 'source']);
}

/** By pages: one answer may be too small for them. */
async function allRows(table: Table, partitionKey: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let page: Page | undefined; !page || page.continuation; ) {
    page = await table.scan(page?.continuation ? { after: page.continuation } : {});
    rows.push(...page.rows.filter((row) => row.partitionKey === partitionKey));
  }
  return rows;
}

/** The last step of a migration, for when nothing is under way any more: takes away what late workers left, and the metas. */
async function sweep({ live, sides }: World, clean: Side): Promise<void> {
  const partitions: string[] = [];
  for await (const partitionKey of live.partitionsOf(sides)) partitions.push(partitionKey);
  for (const partitionKey of new Set(partitions)) {
    await live.retire(sides, partitionKey, { side: clean, plan: Number.MAX_SAFE_INTEGER });
    await live.wipe(sides, partitionKey, clean === 'source' ? 'target' : 'source');
    await live.forget(sides, partitionKey, clean);
  }
}

/** No more than one side of a partition is open, and just that one has a fence. */
async function checkFences(sides: Sides, partitionKey: string): Promise<void> {
  const open: string[] = [];
  for (const side of ['source', 'target'] as const) {
    const rows = await allRows(sides[side], partitionKey);
    const state = rows.find(({ rowKey }) => rowKey === '_changeover.meta')?.properties['state']?.value;
    const fences = rows.filter(({ rowKey }) => rowKey.startsWith('_changeover.fence'));
    if (state === 'open') open.push(side);
    if (fences.length !== (state === 'open' ? 1 : 0)) {
      throw new Error(
        `${partitionKey} has ${fences.length} fences on the ${side}, which is ${String(state)}`,
      );
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
