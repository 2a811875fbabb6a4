import { resolve } from 'node:path';
import { parseMappedConfig } from '../layout/index.ts';
import type { OpenStore, ResolveOptions } from '../open-store.ts';
import { checkParameters, encodePlace, type StoreUrl, urlError } from '../store-url.ts';
import { SqliteMappedStore } from './sqlite-mapped-store.ts';
import { SqliteStore } from './sqlite-store.ts';

/** The parameters that map an application's table. */
const MAPPING = ['partitionKey', 'rowKey', 'version', 'types'];

const FROM_ENVIRONMENT = 'env:';

/**
 * Opens `sqlite:PATH` or `sqlite:env:NAME`, the path being in the environment variable NAME: the tables of our own
 * layout, or with a mapping the one table of an application that the URL names.
 */
export const openSqlite: OpenStore = async (url, options) => {
  checkParameters(url, MAPPING);
  const config =
    url.parameters.size === 0 ? undefined : parseMappedConfig(Object.fromEntries(url.parameters));
  if (config && url.table === undefined) {
    throw urlError('STORE_URL_INVALID', `${url.prefix}: a mapping is of one table`, 'Name it behind a #.');
  }
  const { path, prefix } = placeOf(url, options);
  const own = await SqliteStore.open({ path, mode: options.mode, clock: options.clock, url: url.prefix });
  if (!config || url.table === undefined) return { store: own, prefix };
  try {
    return { store: await SqliteMappedStore.open({ ...options, table: url.table, config, own }), prefix };
  } catch (error) {
    await own.close();
    throw error;
  }
};

/** Where the file is, and how to say so from anywhere. What comes from the environment is not told. */
function placeOf(url: StoreUrl, { env, cwd }: ResolveOptions): { path: string; prefix: string } {
  const directory = cwd ?? process.cwd();
  if (url.place.startsWith(FROM_ENVIRONMENT)) {
    const path = fromEnvironment(url.place.slice(FROM_ENVIRONMENT.length), env);
    return { path: resolve(directory, path), prefix: url.prefix };
  }
  refuseHost(url);
  const path = resolve(directory, url.place);
  return { path, prefix: `${url.scheme}:${encodePlace(path)}` };
}

/** sqlite:///a/b is in use elsewhere for the absolute path; with two slashes, the first name would be a host. */
function refuseHost({ prefix, place }: StoreUrl): void {
  if (!/^\/\/[^/]/.test(place)) return;
  throw urlError(
    'STORE_URL_INVALID',
    `${prefix}: a SQLite file has no host`,
    `Write sqlite:${place.slice(2)}`,
  );
}

function fromEnvironment(name: string, env: ResolveOptions['env']): string {
  const path = env[name];
  if (path) return path;
  throw urlError(
    'STORE_URL_INVALID',
    `the environment variable ${name} is ${path === '' ? 'empty' : 'not set'}`,
  );
}
