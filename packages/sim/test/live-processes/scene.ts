import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openTable, resolve } from '@changeover/stores';
import { currentOwner, probeProcess, systemClock, systemRandom } from '@changeover/stores/host';
import { openSqliteControl, type SqliteControl } from '@changeover/stores/sqlite';
import {
  createMigration,
  type Goal,
  type MigrationStatus,
  migrationStatus,
  setGoal,
} from 'changeover/coordinator';
import { placesOf } from 'changeover/cutover';
import type { Random } from 'changeover/std';
import { isReservedProperty, isReservedRow, type Table } from 'changeover/table';
import type { BoxState } from '../../src/live/black-box.ts';
import { contentOf, propertiesOf } from '../../src/live/contents.ts';
import type { Content } from '../../src/live/reference.ts';
import { operationsOf, type RecordedOperation } from './history.ts';
import type { ClientOptions, ProgramOptions } from './options.ts';
import { Program, type Role } from './program.ts';
import { nowNs, type RecordedRow } from './record.ts';

const NAME = 'orders';
const LEASE_MS = 1500;
const LIMIT_MS = 300_000;
const LOOK_MS = 50;
const ROW_KEYS = ['r1', 'r2', 'r3'];

/** Where the table is, and where it goes. */
export interface Place {
  readonly url: string;
  readonly table: string;
}

export interface SceneOptions {
  readonly directory: string;
  readonly source: Place;
  readonly target: Place;
  readonly random: Random;
  readonly clients: number;
  readonly partitions: number;
  readonly thinkMs: number;
}

/** Real processes around one migration: clients that use it, workers and coordinators that drive it. */
export class Scene {
  /** What no process may do, and did. */
  readonly faults: string[] = [];
  /** What was done to whom, and where the migration stood. */
  readonly hits: Record<string, number> = {};
  strippedFrom = Number.POSITIVE_INFINITY;
  readonly initial = new Map<string, BoxState>();
  readonly random: Random;
  readonly #options: SceneOptions;
  readonly #control: SqliteControl;
  readonly #partitions: readonly string[];
  readonly #programs: Program[] = [];
  #isOver = false;

  private constructor(options: SceneOptions, control: SqliteControl) {
    this.random = options.random;
    this.#options = options;
    this.#control = control;
    this.#partitions = Array.from(
      { length: options.partitions },
      (_, index) => `p${String(index).padStart(3, '0')}`,
    );
  }

  static async open(options: SceneOptions): Promise<Scene> {
    const path = join(options.directory, 'control.db');
    const control = await openSqliteControl({ path, clock: systemClock, random: systemRandom, create: true });
    const scene = new Scene(options, control);
    await scene.#fill();
    const { source, target } = options;
    const signal = new AbortController().signal;
    await createMigration({
      ...scene.#base,
      name: NAME,
      source,
      target,
      resolve: open,
      dryRun: false,
      signal,
    });
    for (let client = 0; client < options.clients; client += 1) scene.#start('client');
    for (const role of ['worker', 'worker', 'coordinator', 'coordinator'] as const) scene.#start(role);
    await scene.#until(async () => (await scene.#status()).clients.length === options.clients);
    return scene;
  }

  get #base() {
    return {
      control: this.#control,
      clock: systemClock,
      random: systemRandom,
      owner: currentOwner('test'),
      probe: probeProcess,
    };
  }

  /** Half of the rows are there before anything begins. */
  async #fill(): Promise<void> {
    const { source, random } = this.#options;
    const { store } = await open(source.url);
    try {
      if (!(await store.list()).includes(source.table)) await store.create(source.table);
      const table = await store.open(source.table);
      let number = 0;
      for (const partitionKey of this.#partitions) {
        const rows = new Map<string, Content>();
        for (const rowKey of ROW_KEYS.filter(() => random() < 0.5)) {
          const content = { written: ++number, merged: undefined, flag: random() < 0.5 };
          rows.set(rowKey, content);
          await table.write([{ kind: 'insert', partitionKey, rowKey, properties: propertiesOf(content) }]);
        }
        // Some are born only while the table moves.
        this.initial.set(partitionKey, rows);
      }
    } finally {
      await store.close();
    }
  }

  #start(role: Role): Program {
    const id = this.#programs.length + 1;
    const { thinkMs } = this.#options;
    const common: Omit<ProgramOptions, 'id'> = {
      control: this.#control.location,
      migration: NAME,
      leaseMs: LEASE_MS,
    };
    const client: Omit<ClientOptions, 'id'> = {
      ...common,
      file: this.#fileOf(id),
      group: this.random() < 0.5 ? 'north' : 'south',
      partitions: this.#partitions,
      rowKeys: ROW_KEYS,
      thinkMs,
    };
    const program = new Program(role, id, role === 'client' ? client : common);
    this.#programs.push(program);
    void program.ended.then((code) => this.#ended(program, code));
    return program;
  }

  /** Puts another one in its place, and remembers whether it had a reason to end. */
  #ended(program: Program, code: number | string): void {
    const { role, id, said, complained, isKilled } = program;
    const slept = program.sleptBefore(nowNs(), LEASE_MS);
    const again = role !== 'client' && code === 10 && (slept || RUN_AGAIN.includes(said.trim()));
    // Asked to end before it had begun.
    const excused = isKilled || code === 0 || code === 'SIGTERM' || again;
    if (!excused) this.faults.push(`${role} ${id} ended with ${code}: ${said}${complained}`);
    if (code === 10) this.#count(`${role} ended: ${said.trim()}`);
    if (!this.#isOver && code !== 0) this.#start(role);
  }

  #fileOf(id: number): string {
    return join(this.#options.directory, `client-${id}.log`);
  }

  /** Says where it shall go, and waits until it is there; or only for a while. */
  async go(goal: Partial<Goal>, { forMs }: { readonly forMs?: number } = {}): Promise<void> {
    const full: Goal = { side: 'target', until: 'alone', range: null, retired: 'kept', ...goal };
    const places = await placesOf(this.#control, NAME);
    if (full.until === 'clean') this.strippedFrom = nowNs();
    await setGoal({ ...this.#base, places }, full);
    if (forMs !== undefined) await sleep(forMs);
    else await this.#until(async () => (await this.#status()).next === null);
  }

  async #until(condition: () => Promise<boolean>): Promise<void> {
    for (const deadline = Date.now() + LIMIT_MS; !(await condition()); await sleep(LOOK_MS)) {
      if (Date.now() > deadline) {
        throw new Error(`not within ${LIMIT_MS} ms: ${JSON.stringify(await this.#status(), undefined, 1)}`);
      }
    }
  }

  #status(): Promise<MigrationStatus> {
    return migrationStatus(this.#base, NAME);
  }

  /** Kills and stops processes at random until the signal aborts. */
  async harass(signal: AbortSignal, gapMs: number): Promise<void> {
    while (!signal.aborted) {
      await sleep(this.random() * 2 * gapMs, undefined, { signal }).catch(() => undefined);
      const roles: readonly Role[] = ['client', 'client', 'worker', 'coordinator'];
      const role = roles[Math.floor(this.random() * roles.length)] as Role;
      const victims = this.#running(role).filter(({ isStopped }) => !isStopped);
      const victim = victims[Math.floor(this.random() * victims.length)];
      if (!victim || signal.aborted) continue;
      const what = this.random() < 0.5 ? 'killed' : 'stopped';
      const { stage, next } = await this.#status();
      this.#count(`${role} ${what}, ${stage}: ${next ?? 'reached'}`);
      if (what === 'killed') victim.kill();
      else await this.#stop(victim);
    }
  }

  /** Most of the time for longer than its lease. */
  async #stop(victim: Program): Promise<void> {
    victim.stop();
    await sleep(this.random() < 0.3 ? this.random() * LEASE_MS : LEASE_MS * (1.1 + this.random()));
    victim.wake();
  }

  #count(what: string): void {
    this.hits[what] = (this.hits[what] ?? 0) + 1;
  }

  #running(role: Role): Program[] {
    return this.#programs.filter((each) => each.role === role && each.isRunning && !each.isKilled);
  }

  /** Ends all processes, and gives what the clients saw. */
  async end(): Promise<readonly RecordedOperation[]> {
    this.#isOver = true;
    for (const program of this.#programs) if (program.isRunning) program.askToEnd();
    const all = Promise.all(this.#programs.map(({ ended }) => ended));
    await Promise.race([all, sleep(30_000)]);
    for (const { role, id, isRunning, complained } of this.#programs) {
      if (isRunning) this.faults.push(`${role} ${id} does not end: ${complained}`);
    }
    const operations: RecordedOperation[] = [];
    for (const program of this.#programs.filter(({ role }) => role === 'client')) {
      const own = operationsOf(program.id, await readFile(this.#fileOf(program.id), 'utf8').catch(() => ''));
      operations.push(...own);
      this.#checkErrors(program, own);
    }
    return [...operations, ...(await this.#lastReads())];
  }

  #checkErrors(program: Program, operations: readonly RecordedOperation[]): void {
    for (const { answer, returnedAt, asked } of operations) {
      if (answer?.type !== 'failed') continue;
      const { code, effect, message } = answer;
      this.#count(`client got ${code} ${effect}`);
      const late = ['CONTROL_LEASE_LOST', 'TABLE_FENCED'].includes(code) && effect === 'none';
      if (late && program.sleptBefore(returnedAt ?? 0, LEASE_MS)) continue;
      this.faults.push(
        `client ${program.id}, ${asked.type} of ${asked.partitionKey}: ${code} (${effect}) ${message}`,
      );
    }
  }

  /** What an application finds at the end. */
  async #lastReads(): Promise<readonly RecordedOperation[]> {
    const table = await openTable(NAME, { control: this.#control });
    try {
      return await Promise.all(this.#partitions.map((partitionKey) => lastRead(table, partitionKey)));
    } finally {
      await table.close();
    }
  }

  /** All that is on a side, with what is hidden, under whatever name it has by now. */
  async physical(side: 'source' | 'target'): Promise<readonly string[]> {
    const { retired } = await this.#status();
    const place = retired?.side === side ? retired : this.#options[side];
    const { store } = await open(place.url);
    try {
      const table = await store.open(place.table, { reserved: true });
      const { rows, continuation } = await table.scan();
      if (continuation) throw new Error('there are more rows than a page holds');
      return rows.map(({ partitionKey, rowKey, properties }) => {
        const hidden = isReservedRow(rowKey) || Object.keys(properties).some(isReservedProperty);
        return `${partitionKey}/${rowKey}${hidden ? ' hidden' : JSON.stringify(contentOf(properties))}`;
      });
    } finally {
      await store.close();
    }
  }

  async close(): Promise<void> {
    this.#isOver = true;
    for (const program of this.#programs) if (program.isRunning) program.kill();
    await Promise.all(this.#programs.map(({ ended }) => ended));
    await this.#control.close();
  }
}

/**
 * What says that somebody else has gone on: run the same command again. A process that stands still may hold up the
 * control store for all, and so make others lose their leases.
 */
const RUN_AGAIN = ['LIVE_OVERTAKEN', 'CONTROL_LEASE_LOST'];

function open(url: string) {
  return resolve(url, { mode: 'write', clock: systemClock, env: process.env });
}

async function lastRead(table: Table, partitionKey: string): Promise<RecordedOperation> {
  const calledAt = nowNs();
  const found = await table.query(partitionKey);
  const rows = found.map(
    ({ rowKey, version, properties }): RecordedRow => ({ rowKey, version, content: contentOf(properties) }),
  );
  return {
    process: 0,
    asked: { type: 'query', partitionKey },
    calledAt,
    returnedAt: nowNs(),
    answer: { type: 'rows', rows },
  };
}
