import { statSync } from 'node:fs';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { Clock } from 'changeover/std';
import { TableError } from 'changeover/table';
import { isBusy, sqliteError, vendorCode } from './sqlite-errors.ts';

export interface SqliteConnectionOptions {
  readonly path: string;
  /** `read` never creates, writes or locks for writing; `write` needs the file to exist; `create` makes it. */
  readonly mode: 'read' | 'write' | 'create';
  readonly clock: Clock;
  /** How long to wait for another process's write lock. */
  readonly busyTimeoutMs?: number;
}

export interface SqliteRequest {
  readonly signal?: AbortSignal;
}

/** More than a table has of its own; merges and filters of an application could make texts without end. */
const STATEMENTS_MAX = 200;
const BUSY_TIMEOUT_MS = 10_000;
/** Short enough to notice a released lock soon, long enough not to spin. */
const BUSY_RETRY_MS = 10;
/** How long a flow of work may keep the event loop, and with it signals, timers and the renewal of leases, waiting. */
const TURN_MS = 50;

/**
 * One connection to one database file. Every piece of work is one synchronous transaction: nothing awaits inside.
 *
 * Waiting for another process's lock is done outside the driver, whose own waiting would stop the event loop, and
 * with it the renewal of leases.
 */
export class SqliteConnection {
  readonly path: string;
  readonly #db: Database.Database;
  readonly #clock: Clock;
  readonly #busyTimeoutMs: number;
  readonly #file: string;
  readonly #statements = new Map<string, Database.Statement>();
  #turnedMs: number;
  #logsAhead = false;
  #logAtWrite: 'full' | 'normal' | undefined;

  /** Opens the file now. Throws `TABLE_THROTTLED` if another process has it locked just then. */
  constructor(options: SqliteConnectionOptions) {
    this.path = options.path;
    this.#clock = options.clock;
    this.#busyTimeoutMs = options.busyTimeoutMs ?? BUSY_TIMEOUT_MS;
    const { db, file } = openDatabase(options);
    this.#db = db;
    this.#file = file;
    this.#turnedMs = options.clock.monotonic();
  }

  /** Opens the file, waiting for another process's lock as all other work does. */
  static async open(
    options: SqliteConnectionOptions,
    request: SqliteRequest = {},
  ): Promise<SqliteConnection> {
    return whenFree(options.path, options, request, () => new SqliteConnection(options));
  }

  /** A prepared statement, kept for the next time. */
  statement(sql: string): Database.Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    const [oldest] = this.#statements.keys();
    if (oldest !== undefined && this.#statements.size >= STATEMENTS_MAX) this.#statements.delete(oldest);
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  /** Runs `work` in one read transaction: all that it reads is of one instant. A lock may make it run again. */
  read<T>(work: (db: Database.Database) => T, request: SqliteRequest = {}): Promise<T> {
    return this.#whenUsable(request, () => this.#transact('begin deferred', work));
  }

  /**
   * Runs `work` in one write transaction, all or nothing. An error of `work` rolls back, and has no effect. A lock at
   * its commit rolls it back as well, and makes it run again.
   */
  async write<T>(work: (db: Database.Database) => T, request: SqliteRequest = {}): Promise<T> {
    const durability = this.#logAtWrite;
    if (durability) {
      this.#logAtWrite = undefined;
      await this.logAhead(durability);
    }
    return this.#whenUsable(request, () => this.#transact('begin immediate', work));
  }

  /** Turns write-ahead logging on with the first write: a file that is opened and only read stays as it is. */
  logAheadAtWrite(durability: 'full' | 'normal'): void {
    this.#logAtWrite = durability;
  }

  /**
   * Turns write-ahead logging on, which changes the file, and so is for files that are ours. A power cut loses nothing
   * with the durability `full`; with `normal` perhaps the last commits, each as a whole. Where there can be no log, all
   * stays as it is: without one, `normal` could damage the file.
   */
  async logAhead(durability: 'full' | 'normal'): Promise<void> {
    await this.#whenUsable({}, () => {
      this.#db.pragma('journal_mode = wal');
      // The first reader of the log holds on to it: from here on no other connection can turn it off.
      readSchema(this.#db);
      this.#logsAhead = this.#db.pragma('journal_mode', { simple: true }) === 'wal';
      if (this.#logsAhead) this.#db.pragma(`synchronous = ${durability}`);
    });
  }

  /** Whether {@link logAhead} turned the logging on, or found it on. */
  get logsAhead(): boolean {
    return this.#logsAhead;
  }

  /**
   * Puts all of the log into the file and turns the logging off, so that who reads the file next leaves nothing beside
   * it. Never waits: throws `TABLE_THROTTLED` if any other connection has the file open, and the file then stays as it is.
   */
  stopLogging(): void {
    this.#checkUsable();
    try {
      // As in logAhead: `normal` is for a log only.
      this.#db.pragma('synchronous = full');
      this.#db.pragma('journal_mode = delete');
    } catch (error) {
      throw sqliteError(error, this.path, 'none');
    }
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }

  async #whenUsable<T>(request: SqliteRequest, work: () => T): Promise<T> {
    if (this.#clock.monotonic() - this.#turnedMs >= TURN_MS) await this.#giveWay();
    const waiting = { clock: this.#clock, busyTimeoutMs: this.#busyTimeoutMs };
    return whenFree(this.path, waiting, request, () => {
      this.#checkUsable();
      return work();
    });
  }

  /**
   * The driver answers at once, so that a caller who only ever awaits it would never let the event loop turn: Ctrl-C
   * would go unheard, and leases would run out, until all its work is done.
   */
  async #giveWay(): Promise<void> {
    await turnOfTheLoop();
    this.#turnedMs = this.#clock.monotonic();
  }

  /**
   * A file that was deleted or replaced lives on, nameless, for whoever has it open: without this look, writes to it
   * would be acknowledged and lost, and reads would tell of the past.
   */
  #checkUsable(): void {
    if (!this.#db.open) throw new TableError('TABLE_CLOSED', `${this.path} is closed`, { effect: 'none' });
    if (fileAt(this.path) === this.#file) return;
    throw new TableError('TABLE_UNAVAILABLE', `${this.path} was deleted or replaced while it was open`, {
      effect: 'none',
      hint: 'Put the file back, or start again with the one that is there now.',
    });
  }

  /** Throws the driver's own error after a rollback, so that its effect is none; else one of ours that says unknown. */
  #transact<T>(begin: string, work: (db: Database.Database) => T): T {
    this.statement(begin).run();
    let result: T;
    try {
      result = work(this.#db);
    } catch (error) {
      this.#rollBack();
      throw error;
    }
    try {
      this.statement('commit').run();
    } catch (error) {
      this.#rollBack();
      // A commit that failed on the disk may have left its last page there, and count after all.
      throw vendorCode(error).startsWith('SQLITE_IOERR') ? sqliteError(error, this.path, 'unknown') : error;
    }
    return result;
  }

  #rollBack(): void {
    if (this.#db.inTransaction) this.statement('rollback').run();
  }
}

interface Waiting {
  readonly clock: Clock;
  readonly busyTimeoutMs?: number;
}

/** Tries `work`, which must be synchronous and leave nothing behind if it fails, until no lock is in its way. */
async function whenFree<T>(
  path: string,
  { clock, busyTimeoutMs = BUSY_TIMEOUT_MS }: Waiting,
  { signal }: SqliteRequest,
  work: () => T,
): Promise<T> {
  const deadline = clock.monotonic() + busyTimeoutMs;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || clock.monotonic() >= deadline) throw sqliteError(error, path, 'none');
    }
    try {
      await clock.sleep(BUSY_RETRY_MS, signal);
    } catch (cause) {
      const message = `${path}: aborted while waiting for its lock`;
      throw new TableError('TABLE_ABORTED', message, { effect: 'none', cause });
    }
  }
}

/** Tells one file from another; empty if there is none. */
function fileAt(path: string): string {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats ? `${stats.dev}:${stats.ino}` : '';
  } catch (cause) {
    const message = `${path} cannot be looked at: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new TableError('TABLE_UNAVAILABLE', message, { effect: 'none', cause });
  }
}

interface OpenedDatabase {
  readonly db: Database.Database;
  /** As of {@link fileAt}. */
  readonly file: string;
}

function openDatabase({ path, mode }: SqliteConnectionOptions): OpenedDatabase {
  let db: Database.Database | undefined;
  try {
    // The driver's own waiting stays short: it blocks the whole process.
    db = new Database(path, { readonly: mode === 'read', fileMustExist: mode !== 'create', timeout: 5 });
    db.defaultSafeIntegers(true);
    // Reading the schema is what makes SQLite look at the file at all, and tell us that it is not a database.
    readSchema(db);
    if (mode !== 'read') db.pragma('synchronous = full');
    return { db, file: fileAt(path) };
  } catch (error) {
    db?.close();
    throw sqliteError(error, path, 'none');
  }
}

function readSchema(db: Database.Database): void {
  db.prepare('select count(*) from sqlite_schema').get();
}
