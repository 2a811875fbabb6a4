import type { ControlStore, Owner } from '../control/index.ts';
import {
  beginPhase,
  checkMigrationName,
  documentName,
  FIRST_PHASE,
  find,
  PLACES,
  type Place,
  type Places,
  type Resolve,
  refuse,
  write,
  writePhase,
} from '../cutover/index.ts';
import { type Both, jointManifest, type Side } from '../live/index.ts';
import { type Clock, isCode, newId, type Random } from '../std/index.ts';
import { formatKey, type Manifest, problemWithin, type Store, type Table } from '../table/index.ts';
import { pagesOf } from '../transfer/index.ts';
import { type Goal, writeGoal } from './goal.ts';
import { inUse, userOf } from './in-use.ts';
import { narrowsOf } from './narrows.ts';
import { FIRST_SETTINGS } from './settings.ts';
import { FIRST_STATE, writeState } from './state.ts';

export interface CreateOptions {
  readonly control: ControlStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly owner: Owner;
  readonly name: string;
  readonly source: { readonly url: string; readonly table: string };
  readonly target: { readonly url: string; readonly table: string };
  readonly resolve: Resolve;
  /** Only looks, and writes nothing anywhere. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** Told while the rows of the source are looked at. */
  onChecked?(rows: number): void;
}

/** What a person should know before anything is started. */
export interface Created {
  readonly rows: number;
  /** What is written into the source, in words. */
  readonly writes: readonly string[];
  /** What is guaranteed by waiting for clients, and not by the stores; empty if nothing is. */
  readonly restsOn: readonly string[];
  /** What an application has less of as long as the migration lasts; empty if nothing. */
  readonly narrows: readonly string[];
  readonly createsTarget: boolean;
}

const SIDES = ['source', 'target'] as const;
const SCAN_ROWS = 1000;
const SCAN_BYTES = 8 * 1024 * 1024;

/**
 * Makes a migration, with everybody on the source. Everything that can be refused is refused before anything is written.
 *
 * Throws `LIVE_EXISTS`, `LIVE_SAME_PLACE`, `LIVE_STORE_UNFIT`, `LIVE_RESERVED_NAMES`, `LIVE_NOT_EMPTY`,
 * `LIVE_NOT_REPRESENTABLE`, and what the stores throw.
 */
export async function createMigration(options: CreateOptions): Promise<Created> {
  const { control, name, resolve, dryRun, signal } = options;
  checkMigrationName(name);
  if (await find(control, documentName(name, 'table'), PLACES)) throw exists(name);
  const { store: source } = await resolve(options.source.url);
  try {
    const { store: target } = await resolve(options.target.url);
    try {
      const stores = { source, target };
      checkPlaces(options, stores);
      await checkOthers(options, stores);
      const checked = await check(options, stores);
      if (!dryRun) {
        signal.throwIfAborted();
        await make(options, stores, checked.createsTarget);
      }
      return checked;
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function check(options: CreateOptions, stores: Both<Store>): Promise<Created> {
  const table = await stores.source.open(options.source.table);
  try {
    await checkNames(table, 'source');
    const target = await openIfAny(stores.target, options.target.table);
    try {
      if (target) await checkTarget(target);
      const manifests = { source: table.manifest, target: target?.manifest ?? stores.target.manifest };
      checkFit(manifests);
      const rows = await checkRows(options, table, target ?? stores.target, jointManifest(manifests));
      return {
        rows,
        createsTarget: !target,
        writes: writesOf(table),
        restsOn: restsOn(manifests),
        narrows: narrowsOf(manifests),
      };
    } finally {
      await target?.close();
    }
  } finally {
    await table.close();
  }
}

async function make(options: CreateOptions, stores: Both<Store>, createsTarget: boolean): Promise<void> {
  const { control, clock, random, owner, name, signal } = options;
  if (createsTarget) await stores.target.create(options.target.table, { signal });
  const places: Places = {
    id: newId(random),
    name,
    createdAtMs: clock.now(),
    source: placeOf(options.source, stores.source),
    target: placeOf(options.target, stores.target),
  };
  await beginPhase(stores, places, FIRST_PHASE.number, { signal });
  // What an earlier attempt left, which did not come to its end, is nobody's.
  for (const document of await control.list(`${documentName(name)}/`)) {
    await control.delete(document.name, document.revision);
  }
  await writeState(control, name, FIRST_STATE, undefined);
  await writeGoal(control, name, FIRST_GOAL, undefined);
  await write(control, documentName(name, 'settings'), FIRST_SETTINGS, undefined);
  await writePhase(control, name, FIRST_PHASE, undefined);
  // With this one the migration is there, and not before.
  await write(control, documentName(name, 'table'), places, undefined);
  const what = `created: ${places.source.url} to ${places.target.url}`;
  await control.append({ who: owner.label, subject: `live/${name}`, what, why: '' });
}

/** Everything stays where it is until somebody starts it. */
const FIRST_GOAL: Goal = { side: 'source', until: 'alone', range: null, retired: 'kept' };

function placeOf({ url, table }: CreateOptions['source'], { identity, mapping }: Store): Place {
  return { url, table, identity, mapping: mapping ?? null };
}

function checkPlaces({ source, target }: CreateOptions, stores: Both<Store>): void {
  if (stores.source.identity !== stores.target.identity || source.table !== target.table) return;
  throw refuse(
    'LIVE_SAME_PLACE',
    `the table ${JSON.stringify(source.table)} in ${stores.source.location} is both source and target`,
    'Name another target.',
  );
}

/** Two migrations of one table would not know of each other. */
async function checkOthers(options: CreateOptions, stores: Both<Store>): Promise<void> {
  for (const side of SIDES) {
    const { identity, location } = stores[side];
    const { table } = options[side];
    const other = await userOf(options.control, { identity, table }, options.name);
    if (other !== undefined) throw inUse(other, table, location);
  }
}

async function checkNames(table: Table, side: Side): Promise<void> {
  const { reservedNames } = await table.describe();
  if (reservedNames.length === 0) return;
  throw refuse(
    'LIVE_RESERVED_NAMES',
    `the ${side} table ${JSON.stringify(table.name)} uses names that are reserved: ${reservedNames.join(', ')}`,
    'Finish or abort the live migration that left them, or rename them.',
  );
}

async function checkTarget(table: Table): Promise<void> {
  await checkNames(table, 'target');
  if ((await table.describe()).empty) return;
  throw refuse(
    'LIVE_NOT_EMPTY',
    `the target table ${JSON.stringify(table.name)} holds rows`,
    'Empty it, or name another one: a live migration never merges two tables.',
  );
}

function checkFit(manifests: Both<Manifest>): void {
  for (const side of SIDES) {
    const unfit = unfitness(manifests[side]);
    if (unfit === undefined) continue;
    throw refuse(
      'LIVE_STORE_UNFIT',
      `the ${side}, of ${manifests[side].store}, cannot take part in a live migration: ${unfit}`,
      'Move it offline, or choose another place.',
    );
  }
}

function unfitness({ readOnly, reservedRows, version }: Manifest): string | undefined {
  if (readOnly) return 'it cannot be written';
  if (reservedRows === 'none') return 'it has no place for reserved rows beside those of the application';
  if (version.kind === 'content') return 'its versions are hashes of what a row holds, and come again';
  return undefined;
}

/** Looks at every row: whether it could be moved, with what the migration adds to it. Gives how many there are. */
async function checkRows(
  { signal, onChecked }: CreateOptions,
  source: Table,
  target: Pick<Store, 'problemOf'>,
  joint: Manifest,
): Promise<number> {
  let rows = 0;
  const options = { filter: undefined, rows: SCAN_ROWS, bytes: SCAN_BYTES, signal };
  for await (const page of pagesOf(source, { after: undefined, through: undefined }, options)) {
    for (const row of page.rows) {
      const problem = target.problemOf?.(row) ?? problemWithin(joint, row);
      if (!problem) continue;
      const { property, reason } = problem;
      const subject = property === undefined ? 'the row' : `property ${JSON.stringify(property)}`;
      throw refuse(
        'LIVE_NOT_REPRESENTABLE',
        `table ${JSON.stringify(source.name)}, row ${formatKey(row)}: ${subject} ${reason}`,
        'Nothing was written. A row must fit both stores, together with what the migration hides in it.',
        { table: source.name, partitionKey: row.partitionKey, rowKey: row.rowKey, property },
      );
    }
    rows += page.rows.length;
    onChecked?.(rows);
  }
  return rows;
}

async function openIfAny(store: Store, name: string): Promise<Table | undefined> {
  try {
    return await store.open(name);
  } catch (error) {
    if (isCode(error, 'TABLE_NOT_FOUND') && store.mapping === undefined) return undefined;
    throw error;
  }
}

function writesOf({ manifest: { reservedRows, fencing } }: Table): readonly string[] {
  const where = reservedRows === 'sidecar' ? 'in a table of ours beside it' : 'in the table itself';
  return [
    `two rows of ours for each partition, ${where}`,
    `a few properties of ours for each row that is written while it moves, ${where}`,
    ...(fencing ? ['a table of ours with the epochs of fences, which stays'] : []),
  ];
}

function restsOn(manifests: Both<Manifest>): readonly string[] {
  const unfenced = SIDES.filter((side) => !manifests[side].fencing);
  const reused = SIDES.filter((side) => !manifests[side].version.neverReused);
  return [
    ...unfenced.map(
      (side) =>
        `the ${side} cannot fence out whole phases: a client that is not heard from is waited for until its lease and ` +
        `its requests have run out (${manifests[side].requestLifetimeMs} ms)`,
    ),
    ...reused.map(
      (side) =>
        `versions of the ${side} (${manifests[side].version.kind}) may come again: no application may hold one so long`,
    ),
  ];
}

function exists(name: string): Error {
  return refuse(
    'LIVE_EXISTS',
    `there is a live migration ${JSON.stringify(name)} already`,
    'See where it stands with "changeover live status", or choose another name.',
  );
}
