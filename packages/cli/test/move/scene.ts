import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { resolve } from '@changeover/stores';
import { systemClock } from '@changeover/stores/host';
import Database from 'better-sqlite3';
import type { RowData, Value } from 'changeover/table';

const COMMAND = fileURLToPath(new URL('../../bin/changeover.js', import.meta.url));

export interface Ended {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with a source of our own layout in `source.db`, and the real command to be run there. */
export class Scene {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(rows: readonly RowData[], folder?: string): Promise<Scene> {
    const scene = new Scene(folder ?? (await mkdtemp(join(tmpdir(), 'changeover-test-'))));
    await scene.put('source.db', rows);
    return scene;
  }

  /** With a copy of the source of another scene, which is faster than to make one. */
  static async like(other: Scene): Promise<Scene> {
    const scene = new Scene(await mkdtemp(join(tmpdir(), 'changeover-test-')));
    await copyFile(other.path('source.db'), scene.path('source.db'));
    return scene;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Adds rows to the table `t` of a file, which is made if need be. */
  async put(file: string, rows: readonly RowData[]): Promise<void> {
    const { store } = await resolve(`sqlite:${this.path(file)}`, {
      mode: 'write',
      clock: systemClock,
      env: {},
    });
    if (!(await store.list()).includes('t')) await store.create('t');
    const table = await store.open('t');
    for (let start = 0; start < rows.length; start += 5_000)
      await table.load(rows.slice(start, start + 5_000));
    await store.close();
  }

  /** Starts the command; what it prints can be read from the process. */
  start(...args: readonly string[]): ChildProcessByStdio<null, Readable, null> {
    return spawn(process.execPath, [COMMAND, ...args], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  }

  run(...args: readonly string[]): Promise<Ended> {
    return this.#execute([COMMAND, ...args]);
  }

  /** Runs the command with a module loaded into it, which may meddle with what it does. */
  runWith(module: URL, ...args: readonly string[]): Promise<Ended> {
    return this.#execute(['--import', module.href, COMMAND, ...args]);
  }

  /** Moves `source.db` to `target.db`. */
  move(...options: readonly string[]): Promise<Ended> {
    return this.run('move', 'sqlite:source.db#t', 'sqlite:target.db#t', ...options);
  }

  async hash(file: string): Promise<string> {
    return createHash('sha256')
      .update(await readFile(this.path(file)))
      .digest('hex');
  }

  /** Changes a file behind our own code's back. */
  sql(file: string, ...statements: readonly string[]): void {
    const db = new Database(this.path(file));
    for (const statement of statements) db.exec(statement);
    db.close();
  }

  /** Rows, by SQL alone, that one side has and the other has not, storage classes included. */
  compareOutside(target = 'target.db'): {
    readonly source: number;
    readonly onlySource: number;
    readonly onlyTarget: number;
  } {
    const db = new Database(this.path('source.db'), { readonly: true });
    try {
      db.prepare('attach ? as target').run(this.path(target));
      const columns = ['partition_key', 'row_key', 'properties'];
      const list = columns.map((column) => `${column}, typeof(${column})`).join(', ');
      const count = (sql: string) =>
        (db.prepare(`select count(*) as n from (${sql})`).get() as { n: number }).n;
      const except = (one: string, other: string) =>
        count(`select ${list} from ${one}.t except select ${list} from ${other}.t`);
      return {
        source: count('select * from main.t'),
        onlySource: except('main', 'target'),
        onlyTarget: except('target', 'main'),
      };
    } finally {
      db.close();
    }
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }

  #execute(argv: readonly string[]): Promise<Ended> {
    const options = { cwd: this.folder, maxBuffer: 64 * 1024 * 1024 };
    return new Promise((done, fail) => {
      const child = execFile(process.execPath, argv, options, (error, stdout, stderr) => {
        const ended = child.exitCode !== null || child.signalCode !== null;
        if (error && !ended) fail(error);
        else done({ code: child.exitCode, stdout, stderr });
      });
    });
  }
}

/** Values that conversions like to lose, one for each row that asks. */
const EXTREMES: readonly Value[] = [
  { type: 'double', value: -0 },
  { type: 'double', value: Number.NaN },
  { type: 'double', value: Number.NEGATIVE_INFINITY },
  { type: 'double', value: 1 },
  { type: 'int32', value: 1 },
  { type: 'int64', value: 9_007_199_254_740_993n },
  { type: 'int64', value: -(2n ** 63n) },
  { type: 'decimal', value: '1.50' },
  { type: 'datetime', value: '0001-01-01T00:00:00.0000001Z' },
  { type: 'guid', value: '00000000-0000-0000-0000-0000000000ff' },
  { type: 'binary', value: new Uint8Array([0, 255]) },
  { type: 'binary', value: new Uint8Array() },
  { type: 'json', value: '{"b":1,"a":[null]}' },
  { type: 'string', value: '' },
  { type: 'string', value: 'nul \0, astral \u{1f600}, private \u{e000}' },
  { type: 'boolean', value: false },
];

/** Rows of which half share one partition, with awkward keys and every kind of value. */
export function awkwardRows(count: number): readonly RowData[] {
  return Array.from({ length: count }, (_, index) => ({
    partitionKey: index % 2 === 0 ? 'hot' : (['', '\0', 'ä', '\u{ffff}', '\u{1f600}'][index % 5] ?? ''),
    rowKey: `${index % 3 === 0 ? '\u{10000}' : '\u{e000}'}${String(index).padStart(7, '0')}`,
    properties: {
      extreme: EXTREMES[index % EXTREMES.length] as Value,
      text: { type: 'string', value: `row number ${index}` },
    },
  }));
}
