import { userInfo } from 'node:os';
import type { ResolveOptions } from '../open-store.ts';
import { type StoreUrl, urlError } from '../store-url.ts';
import type { PostgresPlace } from './postgres-connection.ts';

type Environment = ResolveOptions['env'];

/** What libpq's modes come to here: `require` encrypts, `verify-full` also looks whom it speaks to. */
export const SSL_MODES: Readonly<Record<string, PostgresPlace['ssl']>> = {
  disable: false,
  require: { rejectUnauthorized: false },
  'verify-full': true,
};

const PORT = 5432;

/** The place that `//user@host:port/database` means. What it leaves out comes from PGHOST and its like. */
export function placeOfUrl(
  { prefix, place }: StoreUrl,
  ssl: string | undefined,
  env: Environment,
): PostgresPlace {
  const parts =
    /^\/\/(?:(?<user>.*)@)?(?<host>\[[^\]]*\]|[^/:]*)(?::(?<port>\d+))?(?:\/(?<database>[^/]*))?$/.exec(
      place,
    );
  if (!parts?.groups) {
    throw urlError(
      'STORE_URL_INVALID',
      `${prefix} names no database`,
      'Write postgres://user@host/database.',
    );
  }
  const { user, host = '', port, database = '' } = parts.groups;
  return placeWith(
    { user, host: host.replace(/^\[|\]$/g, ''), port, database, password: undefined, ssl },
    env,
  );
}

/** The place that a connection string from the environment means. Its text is not told: it has a password in it. */
export function placeOfConnectionString(
  name: string,
  text: string,
  ssl: string | undefined,
  env: Environment,
): PostgresPlace {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw noConnectionString(name);
  }
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') throw noConnectionString(name);
  const mode = ssl ?? url.searchParams.get('sslmode') ?? undefined;
  return placeWith(
    {
      user: decodeURIComponent(url.username) || undefined,
      password: decodeURIComponent(url.password) || undefined,
      host: (url.searchParams.get('host') ?? decodeURIComponent(url.hostname)).replace(/^\[|\]$/g, ''),
      port: url.port || undefined,
      database: decodeURIComponent(url.pathname.slice(1)),
      ssl: mode,
    },
    env,
  );
}

interface Parts {
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly host: string;
  readonly port: string | undefined;
  readonly database: string;
  readonly ssl: string | undefined;
}

function placeWith({ user, password, host, port, database, ssl }: Parts, env: Environment): PostgresPlace {
  const who = user ?? env['PGUSER'] ?? userInfo().username;
  const mode = ssl ?? env['PGSSLMODE'];
  return {
    host: host || env['PGHOST'] || 'localhost',
    port: Number(port ?? env['PGPORT'] ?? PORT),
    database: database || env['PGDATABASE'] || who,
    user: who,
    password: password ?? env['PGPASSWORD'],
    ssl: mode === undefined ? false : (SSL_MODES[mode] ?? false),
  };
}

function noConnectionString(name: string): Error {
  return urlError(
    'STORE_URL_INVALID',
    `the environment variable ${name} holds no connection string of PostgreSQL`,
    'It looks like postgres://user:password@host:5432/database.',
  );
}
