import type { Store } from 'changeover/table';
import { openControl } from './control-url.ts';
import { nearestName } from './nearest-name.ts';
import type { OpenStore, ResolveOptions } from './open-store.ts';
import { parseStoreUrl, StoreUrlError, urlError } from './store-url.ts';

export interface ResolvedUrl {
  /** Means the same from any working directory. It has no secrets in it, and may be printed. */
  readonly url: string;
  readonly store: Store;
  /** Undefined if the URL names none. */
  readonly table: string | undefined;
}

interface Vendor {
  /** The package that speaks to the store. */
  readonly driver: string;
  /** Imported only if a URL asks for it, since drivers are optional. */
  load(): Promise<OpenStore>;
}

const VENDORS: Readonly<Record<string, Vendor>> = {
  sqlite: {
    driver: 'better-sqlite3',
    load: async () => (await import('./sqlite/index.ts')).openSqlite,
  },
  postgres: {
    driver: 'pg',
    load: async () => (await import('./postgres/index.ts')).openPostgres,
  },
  'azure-tables': {
    driver: '@azure/data-tables',
    load: async () => (await import('./azure-tables/index.ts')).openAzureTables,
  },
  live: {
    driver: 'better-sqlite3',
    load: async () => (await import('./live/index.ts')).liveOpener({ resolve, openControl }),
  },
};

/**
 * Opens the store that a URL names; the caller closes it. Tables are not looked for yet.
 *
 * Throws a {@link StoreUrlError} if the URL is at fault, or the driver is not installed; otherwise what the store throws.
 */
export async function resolve(url: string, options: ResolveOptions): Promise<ResolvedUrl> {
  const parsed = parseStoreUrl(url);
  const vendor = Object.hasOwn(VENDORS, parsed.scheme) ? VENDORS[parsed.scheme] : undefined;
  if (!vendor) throw unknownScheme(parsed.scheme);
  const openStore = await load(vendor);
  const { store, prefix, suffix = parsed.suffix, table = parsed.table } = await openStore(parsed, options);
  return { url: prefix + suffix, store, table };
}

async function load({ driver, load: importVendor }: Vendor): Promise<OpenStore> {
  try {
    return await importVendor();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    throw new StoreUrlError('STORE_DRIVER_MISSING', `the package ${driver} is not installed`, {
      effect: 'none',
      cause,
      hint: `npm install ${driver}`,
    });
  }
}

function unknownScheme(scheme: string): StoreUrlError {
  const known = Object.keys(VENDORS);
  const near = nearestName(scheme, known);
  const list = `Known: ${known.map((name) => `${name}:`).join(', ')}.`;
  const hint = near === undefined ? list : `Did you mean ${near}:? ${list}`;
  return urlError('STORE_SCHEME_UNKNOWN', `there is no store ${JSON.stringify(scheme)}`, hint);
}
