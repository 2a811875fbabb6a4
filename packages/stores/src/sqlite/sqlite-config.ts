import { resolve } from 'node:path';
import type { Store } from 'changeover/table';
import type { OpenStore, ResolveOptions } from '../open-store.ts';
import { checkParameters, type StoreUrl, urlError } from '../store-url.ts';
import { parseMappedConfig } from './sqlite-mapped-config.ts';
import { SqliteMappedStore } from './sqlite-mapped-store.ts';
import { SqliteStore, type SqliteStoreOptions } from './sqlite-store.ts';

/** The parameters that map an application's table. */
const MAPPING = ['partitionKey', 'rowKey', 'version', 'types'];

/**
 * Opens `sqlite:PATH` or `sqlite:env:NAME`, the path being in the environment variable NAME: the tables of our own
 * layout, or with a mapping the one table of an application that the URL names.
 */
export const openSqlite: OpenStore = async (url, options): Promise<Store> => {
  checkParameters(url, MAPPING);
  const config =
    url.parameters.size === 0 ? undefined : parseMappedConfig(Object.fromEntries(url.parameters));
  if (config && url.table === undefined) {
    throw urlError('STORE_URL_INVALID', `${url.prefix}: a mapping is of one table`, 'Name it behind a #.');
  }
  const own = await SqliteStore.open(storeOptions(url, options));
  if (!config || url.table === undefined) return own;
  try {
    return await SqliteMappedStore.open({ ...options, table: url.table, config, own });
  } catch (error) {
    await own.close();
    throw error;
  }
};

function storeOptions(url: StoreUrl, options: ResolveOptions): SqliteStoreOptions {
  const path = resolve(options.cwd ?? process.cwd(), pathOf(url, options));
  return { path, mode: options.mode, clock: options.clock, url: url.prefix };
}

function pathOf({ prefix, place }: StoreUrl, { env }: ResolveOptions): string {
  if (place.startsWith('env:')) return fromEnvironment(place.slice('env:'.length), env);
  // sqlite:///a/b is in use elsewhere for the absolute path; with two slashes, the first name would be a host.
  if (/^\/\/[^/]/.test(place)) {
    throw urlError(
      'STORE_URL_INVALID',
      `${prefix}: a SQLite file has no host`,
      `Write sqlite:${place.slice(2)}`,
    );
  }
  return place;
}

function fromEnvironment(name: string, env: ResolveOptions['env']): string {
  const path = env[name];
  if (path) return path;
  throw urlError(
    'STORE_URL_INVALID',
    `the environment variable ${name} is ${path === '' ? 'empty' : 'not set'}`,
  );
}
