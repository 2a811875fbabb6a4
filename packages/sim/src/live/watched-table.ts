import { type Fault, type Footprint, nothing, type Scope } from '@changeover/tester';
import type { Side } from 'changeover/live';
import {
  isReservedRow,
  type Row,
  type RowKey,
  type ScanOptions,
  type Table,
  TableError,
  type Write,
  type WriteOptions,
  type WriteResult,
} from 'changeover/table';
import { keysIn, readingAll, readingRows, refused, writing } from './footprints.ts';
import { fencePlace } from './guard.ts';
import type { Judge, RunningWrite } from './judge.ts';

/** Who uses a table. */
export interface Actor {
  readonly name: string;
  readonly kind: 'client' | 'worker';
  /** The batch that a client is busy with. */
  running: RunningWrite | undefined;
  /** Of the client's batches, the one whose request arrives after its caller has given up; −1 for none. */
  late: number;
}

export interface Watching {
  readonly scope: Scope;
  readonly judge: Judge;
  readonly side: Side;
  readonly actor: Actor;
}

/** A store's table as one actor uses it: each call is a point of the schedule, and the judge sees what it changes. */
export function watchedTable(inner: Table, watching: Watching): Table {
  const { scope, side, actor } = watching;
  const park = <T>(
    method: string,
    key: string,
    footprint: Footprint,
    execute: () => Promise<T>,
  ): Promise<T> =>
    scope.call({
      label: () => `${side}.${method}(${key})`,
      kind: kindOfCall(watching, method),
      footprint,
      execute,
      faults: ['before'],
      crashes: false,
      error: () => new TableError('TABLE_UNAVAILABLE', `${method}: nobody answers`, { effect: 'none' }),
    });
  const watched: Partial<Table> = {
    get: (key: RowKey) =>
      park('get', showKey(key), readingRows(side, actor, key.partitionKey, [key.rowKey]), () =>
        inner.get(key),
      ),
    query: (partitionKey, options) =>
      park('query', partitionKey, readingRows(side, actor, partitionKey, keysIn(options?.filter)), () =>
        inner.query(partitionKey, options),
      ),
    scan: (options?: ScanOptions) =>
      park('scan', options?.after ? `behind ${showKey(options.after)}` : 'all', readingAll(side, actor), () =>
        inner.scan(options),
      ),
    write: (batch, options) => write(inner, batch, options, watching),
  };
  return new Proxy(inner, {
    get: (_, name) => {
      const value: unknown = watched[name as keyof Table] ?? Reflect.get(inner, name, inner);
      return typeof value === 'function' ? value.bind(inner) : value;
    },
  });
}

async function write(
  inner: Table,
  batch: readonly Write[],
  options: WriteOptions | undefined,
  { scope, side, actor, judge }: Watching,
): Promise<readonly WriteResult[]> {
  const { running } = actor;
  // A meta alone, where there is none yet, has no fence either: it can be put there as long as there is none.
  const [first] = batch as [Write];
  const fenced = isReservedRow(first.rowKey) && !(batch.length === 1 && first.kind === 'insert');
  const execute = async () => {
    const results = await inner.write(batch, options);
    witness(judge, side, actor, running, batch, results);
    return results;
  };
  const call = {
    label: () => `${side}.write(${batch.map(showWrite).join(', ')})`,
    kind: kindOfCall({ side, actor }, 'write'),
    footprint: writing(side, actor, batch, options?.fences?.map(fencePlace)),
    refused: refused(side, actor, batch, options?.fences?.map(fencePlace)),
    execute,
  };
  if (running && actor.late >= 0) {
    actor.late -= 1;
    if (actor.late < 0) {
      // Its caller hears nothing. It arrives whenever it will; without the fence of a partition, while requests may live.
      const until = fenced ? Number.POSITIVE_INFINITY : scope.clock.now() + inner.manifest.requestLifetimeMs;
      const arrive = async () => (scope.clock.now() < until ? execute() : []);
      const late = { ...call, execute: arrive, label: () => `late ${call.label()}` };
      void scope.call(late).catch(() => undefined);
      await scope.point('no answer', nothing, () => undefined);
      throw noAnswer();
    }
  }
  return scope.call({
    ...call,
    faults: faultsOf(actor, batch),
    error: (fault) =>
      fault === 'before' && scope.random() < 0.5
        ? new TableError('TABLE_THROTTLED', 'write: the store is busy', { effect: 'none' })
        : noAnswer(),
  });
}

/** What it is in a table of orders, if it is no part of an operation of the history: of clients, those are scans. */
function kindOfCall({ side, actor }: Pick<Watching, 'side' | 'actor'>, method: string): string {
  return actor.kind === 'worker' ? `worker: ${side}.${method}` : 'scan';
}

/**
 * A client's batch may be delivered twice only if each of its writes names the version that it is for: of others a store
 * itself would not know that they are the same. What workers do must bear it.
 */
function faultsOf({ kind }: Actor, batch: readonly Write[]): readonly Fault[] {
  if (kind === 'worker') return ['before', 'after', 'duplicate'];
  const once = batch.some((each) => !isReservedRow(each.rowKey) && !namesVersion(each));
  return once ? ['before', 'after'] : ['before', 'after', 'duplicate'];
}

function namesVersion(each: Write): boolean {
  return 'condition' in each && each.condition !== undefined && each.condition !== '*';
}

/** Tells the judge what a batch that was applied has changed for applications. */
function witness(
  judge: Judge,
  side: Side,
  actor: Actor,
  running: RunningWrite | undefined,
  batch: readonly Write[],
  results: readonly WriteResult[],
): void {
  const user = batch.filter(({ rowKey }) => !isReservedRow(rowKey));
  if (user.length === 0) return;
  if (running) return judge.takesEffect(running);
  if (actor.kind === 'client') throw new Error('a client writes rows outside of a call');
  for (const [index, each] of batch.entries()) {
    const version = results[index]?.version;
    const strips =
      (each.kind === 'replace' || each.kind === 'upsertReplace') &&
      !Object.keys(each.properties).some((name) => name.startsWith('_'));
    if (strips && version !== undefined) {
      judge.changesVersion(each, `${side === 'source' ? 's' : 't'}${version}`);
    }
  }
}

function noAnswer(): TableError {
  return new TableError('TABLE_TIMEOUT', 'write: no answer came', { effect: 'unknown' });
}

export function showKey({ partitionKey, rowKey }: RowKey): string {
  return `${partitionKey}/${rowKey.replace('_changeover.', '_')}`;
}

function showWrite(each: Write): string {
  const condition = 'condition' in each && each.condition !== undefined ? ` if ${each.condition}` : '';
  const what = 'properties' in each ? ` ${showProperties(each.properties)}` : '';
  return `${each.kind} ${showKey(each)}${condition}${what}`;
}

export function showProperties(properties: Row['properties']): string {
  const parts = Object.entries(properties).map(
    ([name, { value }]) => `${name.replace('_changeover_', '_')}=${String(value)}`,
  );
  return `{${parts.join(' ')}}`;
}
