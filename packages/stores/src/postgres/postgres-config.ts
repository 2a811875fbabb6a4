import { parseMappedConfig } from '../layout/index.ts';
import type { OpenStore, ResolveOptions } from '../open-store.ts';
import { checkParameters, type StoreUrl, urlError } from '../store-url.ts';
import type { PostgresPlace } from './postgres-connection.ts';
import { placeOfConnectionString, placeOfUrl, SSL_MODES } from './postgres-location.ts';
import { PostgresMappedStore } from './postgres-mapped-store.ts';
import { PostgresStore } from './postgres-store.ts';

const PARAMETERS = ['schema', 'sslmode'];
/** The parameters that map an application's table. */
const MAPPING = ['partitionKey', 'rowKey', 'version', 'types'];

const FROM_ENVIRONMENT = 'env:';
const SCHEMA = 'public';

/**
 * Opens `postgres://user@host:port/database`, or `postgres:env:NAME` with the connection string in the environment
 * variable NAME: the tables of our own layout in one schema, or with a mapping the one table of an application that the URL
 * names.
 */
export const openPostgres: OpenStore = async (url, options) => {
  checkParameters(url, [...PARAMETERS, ...MAPPING]);
  const mapping = Object.fromEntries([...url.parameters].filter(([name]) => MAPPING.includes(name)));
  const config = Object.keys(mapping).length === 0 ? undefined : parseMappedConfig(mapping);
  if (config && url.table === undefined) {
    throw urlError('STORE_URL_INVALID', `${url.prefix}: a mapping is of one table`, 'Name it behind a #.');
  }
  const schema = url.parameters.get('schema') ?? SCHEMA;
  const place = placeOf(url, options);
  const { mode, clock } = options;
  const own = await PostgresStore.open({ place, schema, mode, clock, url: storeUrl(url) });
  if (!config || url.table === undefined) return { store: own, prefix: url.prefix };
  try {
    return { store: await PostgresMappedStore.open({ table: url.table, config, own }), prefix: url.prefix };
  } catch (error) {
    await own.close();
    throw error;
  }
};

function placeOf(url: StoreUrl, { env }: ResolveOptions): PostgresPlace {
  const ssl = url.parameters.get('sslmode');
  if (ssl !== undefined && !Object.hasOwn(SSL_MODES, ssl)) {
    throw urlError(
      'STORE_URL_INVALID',
      `${url.prefix}: sslmode is one of ${Object.keys(SSL_MODES).join(', ')}`,
    );
  }
  if (!url.place.startsWith(FROM_ENVIRONMENT)) return placeOfUrl(url, ssl, env);
  const name = url.place.slice(FROM_ENVIRONMENT.length);
  const text = env[name];
  if (!text) {
    throw urlError(
      'STORE_URL_INVALID',
      `the environment variable ${name} is ${text === '' ? 'empty' : 'not set'}`,
    );
  }
  return placeOfConnectionString(name, text, ssl, env);
}

/** The store as the user wrote it, with the parameters that are not of a mapping. */
function storeUrl({ prefix, parameters }: StoreUrl): string {
  const own = PARAMETERS.flatMap((name) => {
    const value = parameters.get(name);
    return value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`];
  });
  return own.length === 0 ? prefix : `${prefix}?${own.join('&')}`;
}
