import type { Draw, Scenario, Scope, TaskBody } from '@changeover/tester';
import { Application } from './application.ts';
import { ControlledTable } from './controlled-table.ts';
import { Judge } from './judge.ts';
import { MemoryTable } from './memory-table.ts';
import { drawProgram, type Program } from './program.ts';
import type { Row } from './protocol/index.ts';
import type { Protocol } from './protocol-module.ts';
import { rowsByKey, sameRow } from './virtual-table.ts';

export interface ScenarioOptions {
  /** What the applications shall do; random, by default. */
  readonly program?: (draw: Draw) => Program;
  /** Reports all that is looked at beside the stores, as a proof must and a search need not. */
  readonly forProof?: boolean;
  /** Whether to look at what is left behind at the end, and not only at what applications were answered. */
  readonly lookAtEnd?: boolean;
  /** Watches what the stores really read and write; slow. */
  readonly audit?: boolean;
}

interface World {
  readonly source: MemoryTable;
  readonly target: MemoryTable;
  readonly judge: Judge;
  readonly applications: readonly Application[];
  readonly migrate: () => Promise<void>;
}

/** Applications at work on a table while one migrator moves it, from the first state to the last. */
export function migration(protocol: Protocol, options: ScenarioOptions = {}): Scenario<World, Program> {
  return {
    name: 'the original protocol',
    program: options.program ?? drawProgram,
    setup: (scope, program) => setUp(scope, protocol, program, options),
    tasks: ({ applications, migrate }, { clients }) => {
      const bodies: Record<string, TaskBody> = {};
      applications.forEach((application, index) => {
        bodies[application.name] = () => application.run(clients[index] ?? []);
      });
      bodies['migrator'] = migrate;
      for (const application of applications) {
        bodies[`courier of ${application.name}`] = () => application.listen();
      }
      return bodies;
    },
    show: ({ source, target, judge }) => ({
      reference: shownRows([...judge.now.values()]),
      source: shownRows(source.rows()),
      target: shownRows(target.rows()),
    }),
    atEnd: (world) => {
      world.judge.finish();
      if (options.lookAtEnd !== false) checkEnd(world, protocol);
    },
  };
}

/** The rows by their keys, in a few words each. */
function shownRows(rows: readonly Row[]): Record<string, string> {
  const shown = rows.map(({ partition, row, properties, version }) => {
    const values = Object.entries(properties).map(([name, value]) => `${name}=${String(value)}`);
    return [`${partition}/${row}`, `${values.join(' ')} (${version})`];
  });
  return Object.fromEntries(shown) as Record<string, string>;
}

function setUp(
  scope: Scope,
  protocol: Protocol,
  program: Program,
  { forProof, audit }: ScenarioOptions,
): World {
  const rowKeys = [...protocol.RESERVED_ROWS, ...program.rowKeys];
  const tableNamed = (name: string) => {
    const partitions = program.partitions.map((partition): [string, Map<string, Row>] => {
      const rows = new Map<string, Row>();
      return [partition, audit ? scope.observed(rows, `${name}/${partition}`) : rows];
    });
    return new MemoryTable(name, new Map(partitions), rowKeys);
  };
  const source = tableNamed('source');
  const target = tableNamed('target');
  const initial = rowsByKey(
    program.rows.map(({ partition, row, happy }) => source.load(partition, row, { happy, by: 'first' })),
  );
  const judge = new Judge(initial, forProof ? (footprint) => scope.touch(footprint) : () => undefined);
  const keys = program.partitions.flatMap((partition) => rowKeys.map((row) => ({ partition, row })));
  const tablesOf = (user: string) => ({
    source: new ControlledTable(scope, source, keys, user),
    target: new ControlledTable(scope, target, keys, user),
  });
  const applications = program.clients.map((_, index) => {
    const name = `client${index}`;
    return new Application(name, { scope, protocol, ...tablesOf(name), judge, initial });
  });
  const push = async (state: Parameters<(typeof applications)[0]['configuration']['change']>[0]) => {
    await Promise.all(applications.map(({ courier }) => courier.send(state)));
  };
  const own = tablesOf('migrator');
  const migrator = new protocol.Migrator(own.source, own.target, push, judge.witnessFor('migrator'));
  const migrate = async () => {
    await migrator.migrate();
    for (const { courier } of applications) courier.dismiss();
  };
  return { source, target, judge, applications, migrate };
}

/** What a migration must leave behind: every row in the target as the applications know it, and nothing else. */
function checkEnd(
  { source, target, judge, applications }: World,
  { isReserved, isTombstone, visible }: Protocol,
): void {
  for (const { name, configuration } of applications) {
    if (configuration.state !== 'targetOnly')
      throw new Error(`${name} was left in state ${configuration.state}`);
  }
  for (const { name, openStreams } of [source, target]) {
    if (openStreams !== 0) throw new Error(`${openStreams} streams of the ${name} were left open`);
  }
  const left = source.rows();
  if (left.length > 0) throw new Error(`rows were left in the source: ${JSON.stringify(left)}`);
  const rows = target.rows();
  const stray = rows.find((row) => isReserved(row) || isTombstone(row));
  if (stray) throw new Error(`a row was left in the target that is none: ${JSON.stringify(stray)}`);
  const shown = rows.flatMap((row) => visible(row) ?? []);
  const right = shown.every((row) => {
    const expected = judge.now.get(`${row.partition}/${row.row}`);
    return expected !== undefined && sameRow(row, expected);
  });
  if (shown.length !== judge.now.size || !right) {
    throw new Error(
      `the target has ${JSON.stringify(shown)} instead of ${JSON.stringify([...judge.now.values()])}`,
    );
  }
}
