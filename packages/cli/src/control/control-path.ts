import { resolve } from 'node:path';
import { usageError } from '../cli-error.ts';
import type { Io } from '../io.ts';

export const DEFAULT_CONTROL = 'sqlite:.changeover/control.db';
const SCHEME = 'sqlite:';

/**
 * Where the control store is: what `--control` says, else `CHANGEOVER_CONTROL`, else beside the working directory's
 * own files. An absolute path. Looks at no file. Throws `CLI_USAGE`.
 */
export function controlPath(option: string | undefined, { env, cwd }: Pick<Io, 'env' | 'cwd'>): string {
  const url = option ?? (env['CHANGEOVER_CONTROL'] || DEFAULT_CONTROL);
  const path = sqlitePathOf(url);
  if (path !== undefined) return resolve(cwd, path);
  const origin = option === undefined ? 'CHANGEOVER_CONTROL' : '--control';
  throw usageError(
    `${origin} does not name a control store: ${JSON.stringify(url)}`,
    'Write sqlite: and the path of a file, such as sqlite:/var/lib/changeover/control.db.',
  );
}

/** The path that `url` names, percent-decoded like that of any store, or undefined if it names none. */
export function sqlitePathOf(url: string): string | undefined {
  const path = url.slice(SCHEME.length);
  if (!url.startsWith(SCHEME) || path === '' || /[?#]/.test(path)) return undefined;
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
