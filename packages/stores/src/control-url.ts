import { resolve } from 'node:path';
import type { ControlStore } from 'changeover/control';
import { systemClock, systemRandom } from './host/index.ts';
import type { ResolveOptions } from './open-store.ts';
import { encodePlace, urlError } from './store-url.ts';

export const DEFAULT_CONTROL = 'sqlite:.changeover/control.db';
const SCHEME = 'sqlite:';

interface OpenedControl {
  readonly control: ControlStore;
  /** Means the same from any working directory. */
  readonly url: string;
}

/** Opens a control store that is there, for {@link openTable} and `live:`. */
export type OpenControl = (
  url: string | undefined,
  where: Pick<ResolveOptions, 'env' | 'cwd'>,
) => Promise<OpenedControl>;

/**
 * Opens the control store that a URL names; without one that of `CHANGEOVER_CONTROL`, else `.changeover/control.db` in
 * the working directory. The caller closes it. Makes none.
 *
 * Throws `STORE_URL_INVALID`, and what the control store throws, such as `CONTROL_NOT_FOUND`.
 */
export const openControl: OpenControl = async (url, { env, cwd = process.cwd() }) => {
  const named = url ?? (env['CHANGEOVER_CONTROL'] || DEFAULT_CONTROL);
  const relative = parseControlUrl(named);
  if (relative === undefined) {
    throw urlError(
      'STORE_URL_INVALID',
      `${JSON.stringify(named)} does not name a control store`,
      'Write sqlite: and the path of a file, such as sqlite:/var/lib/changeover/control.db.',
    );
  }
  const path = resolve(cwd, relative);
  // The driver is loaded only where it is needed.
  const { openSqliteControl } = await import('./sqlite/index.ts');
  const control = await openSqliteControl({ path, clock: systemClock, random: systemRandom, create: false });
  return { control, url: formatControlUrl(path) };
};

/** The path that the URL of a control store names, percent-decoded like that of any store; undefined if it names none. */
export function parseControlUrl(url: string): string | undefined {
  const path = url.slice(SCHEME.length);
  if (!url.startsWith(SCHEME) || path === '' || /[?#]/.test(path)) return undefined;
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** The URL of the control store at a path. */
export function formatControlUrl(path: string): string {
  return SCHEME + encodePlace(path);
}
