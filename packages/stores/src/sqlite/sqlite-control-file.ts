import { open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type Database from 'better-sqlite3';
import { ControlError, type ControlErrorCode } from 'changeover/control';
import { type Clock, isCode } from 'changeover/std';
import { SqliteConnection } from './sqlite-connection.ts';
import { makeControlDirectory } from './sqlite-control-directory.ts';
import { controlFileError } from './sqlite-control-errors.ts';

/** `CHGO`: what SQLite's header says a database is for. */
const APPLICATION_ID = 0x4348474f;
const FORMAT = 2;
const HEADER_BYTES = 100;

/** A document whose value is null was deleted; the row stays, so that watchers hear of it. */
const SCHEMA = `
  create table control (identity text not null, revision integer not null);
  create table documents (
    name text primary key not null,
    revision integer not null unique,
    value text
  ) without rowid;
  create table sessions (
    id text primary key not null,
    owner text not null,
    opened_at_ms integer not null,
    lease_until_ms integer not null,
    lease_ms integer not null,
    renewals integer not null
  ) without rowid;
  create table journal (
    sequence integer primary key autoincrement,
    at_ms integer not null,
    subject text not null,
    entry text not null
  );
  create index journal_by_subject on journal (subject, sequence);
  pragma application_id = ${APPLICATION_ID};
  pragma user_version = ${FORMAT};
`;

export interface SqliteControlFileOptions {
  /** Absolute. */
  readonly path: string;
  /** Whether a missing file is made, with its directory. */
  readonly create: boolean;
  readonly newIdentity: () => string;
  readonly clock: Clock;
  readonly busyTimeoutMs: number;
}

/**
 * Opens the file, or makes it, and gives its identity. What is not a control store of ours is left untouched.
 *
 * Throws `CONTROL_NOT_FOUND`, `CONTROL_NOT_A_STORE`, `CONTROL_FORMAT_UNKNOWN`, `CONTROL_PERMISSION_DENIED`,
 * `CONTROL_READ_ONLY`, `CONTROL_FULL`, and what a {@link SqliteConnection} throws.
 */
export async function openControlFile(
  options: SqliteControlFileOptions,
): Promise<{ readonly connection: SqliteConnection; readonly identity: string }> {
  const { path, create, clock, busyTimeoutMs } = options;
  if (!(await isControlFile(path))) {
    if (!create) throw notFound(path);
    await makeControlDirectory(dirname(path));
  }
  // Write-ahead logging comes later: to turn it on would already change a file that turns out not to be ours.
  const mode = create ? 'create' : 'write';
  const connection = await SqliteConnection.open({ path, mode, clock, busyTimeoutMs });
  try {
    const found = await connection.read((db) => findIdentity(db, path));
    const identity = found ?? (await makeTables(connection, options));
    await connection.logAhead('full');
    return { connection, identity };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/**
 * Whether there is a control store, false if there is nothing, by the header of the file alone. SQLite is not asked,
 * since it would leave files of its own beside a database, even to read it (C10).
 */
async function isControlFile(path: string): Promise<boolean> {
  const header = await readHeader(path);
  if (header.length === 0) return false;
  const isDatabase =
    header.length === HEADER_BYTES && header.toString('latin1', 0, 16) === 'SQLite format 3\0';
  if (!isDatabase) throw notAStore(path, 'is not a database');
  checkFormat(path, header.readUInt32BE(68), header.readUInt32BE(60));
  return true;
}

/** The first bytes of the file; none if it is empty or missing. */
async function readHeader(path: string): Promise<Buffer> {
  try {
    if (!(await stat(path)).isFile()) throw notAStore(path, 'is not a file');
    const file = await open(path, 'r');
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    const translated = controlFileError(error, path);
    if (isCode(translated, 'CONTROL_NOT_FOUND')) return Buffer.alloc(0);
    throw translated;
  }
}

/** Undefined if the database is empty: new, or its maker died before it was done. */
function findIdentity(db: Database.Database, path: string): string | undefined {
  const pragma = (name: string) => Number(db.pragma(name, { simple: true }));
  const applicationId = pragma('application_id');
  const objects = db.prepare('select count(*) from sqlite_schema').pluck().get();
  if (applicationId === 0 && Number(objects) === 0) return undefined;
  checkFormat(path, applicationId, pragma('user_version'));
  const identity = db.prepare('select identity from control').pluck().get();
  if (typeof identity === 'string') return identity;
  throw refused('CONTROL_CORRUPT', `the control store ${path} is damaged: it has no identity`, {
    hint: 'Run "pragma integrity_check" on the file.',
  });
}

function makeTables(
  connection: SqliteConnection,
  { path, create, newIdentity }: SqliteControlFileOptions,
): Promise<string> {
  if (!create) throw notFound(path);
  return connection.write((db) => {
    // Another process may have been faster.
    const found = findIdentity(db, path);
    if (found !== undefined) return found;
    const identity = newIdentity();
    db.exec(SCHEMA);
    db.prepare('insert into control (identity, revision) values (?, 0)').run(identity);
    return identity;
  });
}

function checkFormat(path: string, applicationId: number, format: number): void {
  if (applicationId !== APPLICATION_ID) throw notAStore(path, 'is a database of another application');
  if (format === FORMAT) return;
  throw refused(
    'CONTROL_FORMAT_UNKNOWN',
    `${path} has format ${format} of control stores; this is for ${FORMAT}`,
    {
      hint: 'It was made by another version of Changeover. Use that one, or name another place with --control.',
    },
  );
}

function notFound(path: string): ControlError {
  return refused('CONTROL_NOT_FOUND', `there is no control store at ${path}`, {
    hint: 'It is made by the first job. Name another place with --control.',
  });
}

function notAStore(path: string, reason: string): ControlError {
  return refused('CONTROL_NOT_A_STORE', `${path} ${reason}, and not a control store`, {
    hint: 'It was left as it is. Name another place with --control.',
  });
}

function refused(code: ControlErrorCode, message: string, { hint }: { readonly hint: string }): ControlError {
  return new ControlError(code, message, { effect: 'none', hint });
}
