import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';

const COMMAND = fileURLToPath(new URL('../../bin/changeover.js', import.meta.url));

export interface Transcript {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A directory of its own in which the real command runs, as a process of its own. */
export class Workplace {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async create(): Promise<Workplace> {
    return new Workplace(await mkdtemp(join(tmpdir(), 'changeover-cli-')));
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  start(...argv: readonly string[]) {
    return this.startWith([], ...argv);
  }

  /** The same, with arguments of Node's own. */
  startWith(nodeArguments: readonly string[], ...argv: readonly string[]) {
    // Nothing of the caller's environment but what a process needs to run at all.
    const env = { PATH: process.env['PATH'] ?? '' };
    return spawn(process.execPath, [...nodeArguments, COMMAND, ...argv], { cwd: this.directory, env });
  }

  run(...argv: readonly string[]): Promise<Transcript> {
    return this.runWith([], ...argv);
  }

  /** The same, with arguments of Node's own. */
  runWith(nodeArguments: readonly string[], ...argv: readonly string[]): Promise<Transcript> {
    const child = this.startWith(nodeArguments, ...argv);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdin.end();
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exit) => resolve({ exit, stdout, stderr }));
    });
  }

  /** Every file below, with a hash of what is in it. */
  async snapshot(): Promise<Readonly<Record<string, string>>> {
    const entries = await readdir(this.directory, { recursive: true, withFileTypes: true });
    const hashes: Record<string, string> = {};
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      const name = path.slice(this.directory.length + 1);
      hashes[name] = entry.isFile()
        ? createHash('sha256')
            .update(await readFile(path))
            .digest('hex')
        : 'directory';
    }
    return hashes;
  }

  remove(): Promise<void> {
    return rm(this.directory, { recursive: true });
  }

  /** An application's own database: `places` has a key of two columns, `notes` none. */
  application(name: string, rows = 3): void {
    const db = new Database(this.path(name));
    db.exec(
      'create table places (country text not null, id integer not null, name text, primary key (country, id))',
    );
    db.exec('create table notes (text text)');
    const insert = db.prepare('insert into places values (?, ?, ?)');
    db.transaction(() => {
      for (let id = 0; id < rows; id += 1) insert.run(id % 2 === 0 ? 'FR' : 'JP', id, `place ${id}`);
    })();
    db.close();
  }

  /** The first column of what a database answers. */
  query(name: string, text: string): unknown[] {
    const db = new Database(this.path(name), { readonly: true });
    try {
      return db.prepare(text).pluck().all();
    } finally {
      db.close();
    }
  }

  /** Changes a database behind everybody's back. */
  sql(name: string, text: string): void {
    const db = new Database(this.path(name));
    db.exec(text);
    db.close();
  }
}

/** The mapped URL of the table `places` that {@link Workplace.application} makes. */
export function placesUrl(file: string): string {
  return `sqlite:${file}?partitionKey=country&rowKey=id#places`;
}
