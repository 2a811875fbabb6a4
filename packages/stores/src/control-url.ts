import { resolve } from 'node:path';
import type { ControlStore } from 'changeover/control';
import { systemClock, systemRandom } from './host/index.ts';
import type { ResolveOptions } from './open-store.ts';
import { encodePlace, urlError } from './store-url.ts';

const DEFAULT_CONTROL = 'sqlite:.changeover/control.db';
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
  const path = resolve(cwd, pathOf(url ?? (env['CHANGEOVER_CONTROL'] || DEFAULT_CONTROL)));
  // The driver is loaded only where it is needed.
  const { openSqliteControl } = await import('./sqlite/index.ts');
  const control = await openSqliteControl({ path, clock: systemClock, random: systemRandom, create: false });
  return { control, url: SCHEME + encodePlace(path) };
};

function pathOf(url: string): string {
  const path = url.slice(SCHEME.length);
  if (url.startsWith(SCHEME) && path !== '' && !/[?#]/.test(path)) {
    try {
      return decodeURIComponent(path);
    } catch {
      // Told below.
    }
  }
  throw urlError(
    'STORE_URL_INVALID',
    `${JSON.stringify(url)} does not name a control store`,
    'Write sqlite: and the path of a file, such as sqlite:/var/lib/changeover/control.db.',
  );
}
