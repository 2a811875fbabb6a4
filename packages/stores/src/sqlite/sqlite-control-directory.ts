import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ControlError } from 'changeover/control';
import { CONTROL_PLACE_HINT, controlFileError } from './sqlite-control-errors.ts';

/**
 * Makes the directory of a control store, and those above it that are missing.
 *
 * Throws `CONTROL_NOT_A_STORE` if a file is in the way, `CONTROL_PERMISSION_DENIED`, `CONTROL_READ_ONLY`, `CONTROL_FULL`.
 */
export async function makeControlDirectory(path: string): Promise<void> {
  try {
    await makeDirectory(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw controlFileError(error, path);
    // The directory above is there. A file system such as /proc says "not found" where it lets nobody make anything.
    throw new ControlError(
      'CONTROL_PERMISSION_DENIED',
      `the directory ${path} of the control store cannot be made`,
      {
        effect: 'none',
        cause: error,
        hint: CONTROL_PLACE_HINT,
      },
    );
  }
}

/** One by one: Node's own recursive mkdir tries for ever where a file system says "not found" below what is there. */
async function makeDirectory(path: string): Promise<void> {
  if (await isDirectory(path)) return;
  await makeDirectory(dirname(path));
  try {
    await mkdir(path);
  } catch (error) {
    // Another process may have been faster.
    if (!(await isDirectory(path))) throw error;
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    return false;
  }
}

function errnoOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
