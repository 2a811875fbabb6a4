import { lstat, readlink, realpath, stat } from 'node:fs/promises';
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
 * be there, and the file must have no second name.
 */
export async function locate(path: string, mode: 'read' | 'write'): Promise<SqliteLocation> {
  try {
    const real = await realPathOf(resolve(path));
    const exists = await checkFile(real, mode);
    if (!exists && mode === 'write') await checkDirectory(dirname(real));
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

async function checkDirectory(path: string): Promise<void> {
  const stats = await statOf(path);
  if (stats?.isDirectory()) return;
  const problem = stats ? 'is not a directory' : 'does not exist';
  throw refusal('TABLE_NOT_FOUND', `the directory ${path} ${problem}`, {}, 'Create the directory first.');
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
  switch (errnoOf(cause)) {
    case 'EACCES':
    case 'EPERM':
      return new TableError('TABLE_PERMISSION_DENIED', `${path} may not be looked at`, {
        effect: 'none',
        cause,
      });
    case 'ENOTDIR':
    case 'ELOOP':
    case 'ENAMETOOLONG':
      return new TableError('TABLE_NOT_FOUND', `${path} leads nowhere`, { effect: 'none', cause });
    default:
      return cause;
  }
}

function errnoOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
