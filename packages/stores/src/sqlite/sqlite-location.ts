import { access, constants, lstat, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { refusal, TableError } from 'changeover/table';

/** A place for a database file, whether or not there is one yet. */
export interface SqliteLocation {
  /** Absolute, and without symbolic links: the same for every spelling of the path. */
  readonly path: string;
  readonly exists: boolean;
}

/**
 * Finds where `path` leads, and refuses what cannot be a database file there. `write` asks for more: the directory must
 * be there, both it and the file must be writable, and the file must have no second name. Creates nothing.
 *
 * Throws `TABLE_NOT_FOUND`, `TABLE_NOT_A_STORE`, `TABLE_NOT_SUPPORTED`, `TABLE_PERMISSION_DENIED`.
 */
export async function locate(path: string, mode: 'read' | 'write'): Promise<SqliteLocation> {
  try {
    const real = await realPathOf(resolve(path));
    const exists = await checkFile(real, mode);
    if (mode === 'write') await checkWritable(real, exists);
    return { path: real, exists };
  } catch (error) {
    throw fileError(error, path);
  }
}

/** The real path as far as it exists, and the rest as it stands. A link to nothing leads to that nothing. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
  const parent = await realPathOf(dirname(path));
  const link = await linkAt(path);
  return link === undefined ? join(parent, basename(path)) : realPathOf(resolve(parent, link));
}

async function linkAt(path: string): Promise<string | undefined> {
  try {
    const found = await lstat(path);
    return found.isSymbolicLink() ? await readlink(path) : undefined;
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    return undefined;
  }
}

async function checkFile(path: string, mode: 'read' | 'write'): Promise<boolean> {
  if (mode === 'write') await refuseCompanion(path);
  const stats = await statOf(path);
  if (!stats) return false;
  if (!stats.isFile()) {
    throw refusal(
      'TABLE_NOT_A_STORE',
      `${path} is ${stats.isDirectory() ? 'a directory' : 'not a plain file'}`,
    );
  }
  if (mode === 'write' && stats.nlink > 1) {
    // SQLite names its log after the file. Writers who know the file by different names would damage it.
    throw refusal(
      'TABLE_NOT_SUPPORTED',
      `${path} has ${stats.nlink} names (hard links), and SQLite can write safely to a file of one name only`,
      {},
      'Write to a copy of the file, or remove its other names.',
    );
  }
  return true;
}

/** SQLite would take a database of such a name for the log of the one beside it, and damage both. */
async function refuseCompanion(path: string): Promise<void> {
  const database = /^(?<database>.+)-(?:wal|shm|journal)$/s.exec(path)?.groups?.['database'];
  if (database === undefined || !(await statOf(database))?.isFile()) return;
  const message = `${path} is the name of a file that SQLite keeps beside ${database}`;
  throw refusal('TABLE_NOT_SUPPORTED', message, {}, 'Choose another name.');
}

/** So that who may not write there hears of it before anything is made anywhere. */
async function checkWritable(path: string, exists: boolean): Promise<void> {
  const directory = dirname(path);
  if (!exists) await checkDirectory(directory);
  if (exists) await checkAccess(path, 'The file must be writable.');
  await checkAccess(directory, 'SQLite keeps its journal beside the file: the directory must be writable.');
}

async function checkDirectory(path: string): Promise<void> {
  const stats = await statOf(path);
  if (stats?.isDirectory()) return;
  const problem = stats ? 'is not a directory' : 'does not exist';
  throw refusal('TABLE_NOT_FOUND', `the directory ${path} ${problem}`, {}, 'Create the directory first.');
}

async function checkAccess(path: string, hint: string): Promise<void> {
  try {
    await access(path, constants.W_OK);
  } catch (cause) {
    const readOnly = errnoOf(cause) === 'EROFS';
    const reason = readOnly ? 'is on a read-only file system' : 'may not be written by this user';
    throw new TableError('TABLE_PERMISSION_DENIED', `${path} ${reason}`, { effect: 'none', cause, hint });
  }
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    return undefined;
  }
}

function fileError(cause: unknown, path: string): unknown {
  const fail = (code: 'TABLE_PERMISSION_DENIED' | 'TABLE_NOT_FOUND', problem: string, hint: string) =>
    new TableError(code, `${path} ${problem}`, { effect: 'none', cause, hint });
  switch (errnoOf(cause)) {
    case 'EACCES':
    case 'EPERM':
      return fail(
        'TABLE_PERMISSION_DENIED',
        'may not be looked at',
        'See to the permissions of its directories.',
      );
    case 'ENOTDIR':
      return fail('TABLE_NOT_FOUND', 'is below a file, not in a directory', 'Name a file in a directory.');
    case 'ELOOP':
      return fail('TABLE_NOT_FOUND', 'leads nowhere', 'Its symbolic links lead in a circle.');
    case 'ENAMETOOLONG':
      return fail('TABLE_NOT_FOUND', 'leads nowhere', 'No file can have so long a name.');
    default:
      return cause;
  }
}

function errnoOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
