import { resolve } from 'node:path';
import { DEFAULT_CONTROL, parseControlUrl } from '@changeover/stores';
import { usageError } from '../cli-error.ts';
import type { Io } from '../io.ts';

/**
 * Where the control store is: what `--control` says, else `CHANGEOVER_CONTROL`, else beside the working directory's
 * own files. An absolute path. Looks at no file. Throws `CLI_USAGE`.
 */
export function controlPath(option: string | undefined, { env, cwd }: Pick<Io, 'env' | 'cwd'>): string {
  const url = option ?? (env['CHANGEOVER_CONTROL'] || DEFAULT_CONTROL);
  const path = parseControlUrl(url);
  if (path !== undefined) return resolve(cwd, path);
  const origin = option === undefined ? 'CHANGEOVER_CONTROL' : '--control';
  throw usageError(
    `${origin} does not name a control store: ${JSON.stringify(url)}`,
    'Write sqlite: and the path of a file, such as sqlite:/var/lib/changeover/control.db.',
  );
}
