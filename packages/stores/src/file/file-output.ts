import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileError, fileRefusal } from './file-errors.ts';

/** How the files begin that an export wrote. A file that begins otherwise is somebody's, and is not replaced. */
const OURS = /^(?:\{"partitionKey":|PartitionKey,RowKey[,\r\n])/;
/** More than the longest beginning that {@link OURS} looks at. */
const BEGINNING_BYTES = 32;

/** Of a file's mode. Who may not read the file that is replaced must not read its successor either. */
const PERMISSIONS = 0o777;
/** As everywhere; the user's mask takes from them. */
const PERMISSIONS_OF_NEW = 0o666;

/**
 * A file that is there as a whole or not at all: it is written under a name of its own beside the final one, and gets
 * the final one when it is complete and on the disk.
 */
export class FileOutput {
  readonly path: string;
  readonly #partial: string;
  readonly #overwrite: boolean;
  readonly #file: FileHandle;

  private constructor(path: string, partial: string, overwrite: boolean, file: FileHandle) {
    this.path = path;
    this.#partial = partial;
    this.#overwrite = overwrite;
    this.#file = file;
  }

  /**
   * Begins a file that will be at `path`; the caller either finishes or discards it. Throws `FILE_EXISTS` if something
   * is there, which with `overwrite` may be the file of an earlier export, or an empty one.
   */
  static async create(path: string, overwrite: boolean): Promise<FileOutput> {
    const partial = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.partial`);
    try {
      const replaced = await checkFree(path, overwrite);
      const mode = replaced ? replaced.mode & PERMISSIONS : PERMISSIONS_OF_NEW;
      return new FileOutput(path, partial, overwrite, await open(partial, 'wx', mode));
    } catch (error) {
      throw fileError(error, path, 'none');
    }
  }

  /** Resolves when the system has taken the text, so that a caller who waits never runs ahead of the disk. */
  async write(text: string): Promise<void> {
    try {
      await this.#file.writeFile(text);
    } catch (error) {
      throw fileError(error, this.path, 'none');
    }
  }

  /** Puts everything on the disk, and under the final name. */
  async finish(): Promise<void> {
    try {
      await this.#file.sync();
      await this.#file.close();
      // Somebody else may have made the file meanwhile.
      await checkFree(this.path, this.#overwrite);
      await rename(this.#partial, this.path);
      await syncDirectory(dirname(this.path));
    } catch (error) {
      throw fileError(error, this.path, 'unknown');
    }
  }

  /** Removes what was written so far. */
  async discard(): Promise<void> {
    try {
      await rm(this.#partial, { force: true });
      await this.#file.close();
    } catch (error) {
      throw fileError(error, this.#partial, 'unknown');
    }
  }
}

/** Resolves with what may be replaced, if anything is there. */
async function checkFree(path: string, overwrite: boolean): Promise<Stats | undefined> {
  const found = await statOf(path);
  if (!found) return undefined;
  if (!found.isFile()) {
    throw fileRefusal(
      'FILE_NOT_A_FILE',
      `${path} is not a plain file`,
      'Name another file, or file:- for a stream.',
    );
  }
  if (!overwrite)
    throw fileRefusal('FILE_EXISTS', `${path} is there already`, 'Add --overwrite, or name another file.');
  if (found.size === 0 || OURS.test(await beginningOf(path))) return found;
  throw fileRefusal(
    'FILE_EXISTS',
    `${path} is there already, and is not the file of an export`,
    'Name another file, or remove this one.',
  );
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function beginningOf(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(BEGINNING_BYTES), 0, BEGINNING_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Without this, a power cut could take the new name away again. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
