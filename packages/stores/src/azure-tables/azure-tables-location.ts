import type { ResolveOptions } from '../open-store.ts';
import { type StoreUrl, urlError } from '../store-url.ts';
import type { AzureTablesPlace } from './azure-tables-connection.ts';

type Environment = ResolveOptions['env'];

/** Azurite, and the emulator before it, as they come. Their key is known to everybody, the client too. */
const EMULATOR: AzureTablesPlace = {
  endpoint: 'http://127.0.0.1:10002/devstoreaccount1',
  credential: 'emulator',
};

const REFERENCE = /^env:(?<name>.+)$/;
const SUFFIX = 'core.windows.net';

/** The account that `dev`, `env:NAME` or `//HOST` means. Secrets come from the environment alone. */
export function placeOfUrl(url: StoreUrl, env: Environment): AzureTablesPlace {
  if (url.parameters.has('sig')) {
    const hint = 'Put the SAS into the environment, and write ?sas=env:NAME or azure-tables:env:NAME.';
    throw urlError('STORE_SECRET_IN_URL', 'the URL has a shared access signature in it', hint);
  }
  if (url.place === 'dev') return EMULATOR;
  const name = REFERENCE.exec(url.place)?.groups?.['name'];
  if (name !== undefined) return placeOfConnectionString(name, valueOf(name, env));
  if (!/^\/\/[^/@]+(\/[^/]+)?$/.test(url.place)) {
    throw urlError(
      'STORE_URL_INVALID',
      `${url.prefix} names no account`,
      'Write azure-tables:dev, azure-tables:env:NAME or azure-tables://ACCOUNT.table.core.windows.net.',
    );
  }
  const endpoint = `https:${url.place}`;
  return { endpoint, credential: credentialOf(url, accountOf(endpoint), env) };
}

function credentialOf(
  { parameters, prefix }: StoreUrl,
  account: string,
  env: Environment,
): AzureTablesPlace['credential'] {
  const key = referenced('key') ?? env['AZURE_STORAGE_KEY'];
  const sas = referenced('sas') ?? env['AZURE_STORAGE_SAS_TOKEN'];
  if (parameters.has('sas') && sas) return { sas: withoutMark(sas) };
  if (key) return { name: account, key };
  if (sas) return { sas: withoutMark(sas) };
  throw urlError(
    'STORE_URL_INVALID',
    `${prefix}: there is neither a key nor a SAS for the account`,
    'Write ?key=env:NAME or ?sas=env:NAME, or set AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN.',
  );

  function referenced(parameter: string): string | undefined {
    const text = parameters.get(parameter);
    if (text === undefined) return undefined;
    const name = REFERENCE.exec(text)?.groups?.['name'];
    if (name !== undefined) return valueOf(name, env);
    const hint = `Put it into the environment, and write ${parameter}=env:NAME.`;
    throw urlError('STORE_SECRET_IN_URL', `the URL has a secret in its parameter ${parameter}`, hint, {
      parameter,
    });
  }
}

/** A connection string, or the URL of the account with a SAS behind it. Its text is not told: it has a secret in it. */
function placeOfConnectionString(name: string, text: string): AzureTablesPlace {
  if (/^https?:/i.test(text)) return placeOfSasUrl(name, text);
  const parts = new Map(
    text
      .split(';')
      .filter((part) => part.includes('='))
      .map((part) => [
        part.slice(0, part.indexOf('=')).trim().toLowerCase(),
        part.slice(part.indexOf('=') + 1).trim(),
      ]),
  );
  if (parts.get('usedevelopmentstorage') === 'true') return EMULATOR;
  const [account, key, sas] = [
    parts.get('accountname'),
    parts.get('accountkey'),
    parts.get('sharedaccesssignature'),
  ];
  const endpoint =
    parts.get('tableendpoint') ??
    (account === undefined
      ? undefined
      : `${parts.get('defaultendpointsprotocol') ?? 'https'}://${account}.table.${parts.get('endpointsuffix') ?? SUFFIX}`);
  if (endpoint === undefined || !URL.canParse(endpoint)) throw noConnectionString(name);
  if (sas) return { endpoint, credential: { sas: withoutMark(sas) } };
  if (account === undefined || !key) throw noConnectionString(name);
  return { endpoint, credential: { name: account, key } };
}

function placeOfSasUrl(name: string, text: string): AzureTablesPlace {
  if (!URL.canParse(text)) throw noConnectionString(name);
  const { origin, pathname, search } = new URL(text);
  if (!search.includes('sig=')) throw noConnectionString(name);
  return { endpoint: origin + pathname, credential: { sas: withoutMark(search) } };
}

/** `ACCOUNT` of `ACCOUNT.table.core.windows.net`, or of an emulator's path. */
function accountOf(endpoint: string): string {
  const { hostname, pathname } = new URL(endpoint);
  return pathname === '/' ? (hostname.split('.')[0] as string) : (pathname.split('/')[1] as string);
}

function valueOf(name: string, env: Environment): string {
  const text = env[name];
  if (text) return text;
  const what = text === '' ? 'empty' : 'not set';
  throw urlError('STORE_URL_INVALID', `the environment variable ${name} is ${what}`);
}

function withoutMark(sas: string): string {
  return sas.replace(/^\?/, '');
}

function noConnectionString(name: string): Error {
  return urlError(
    'STORE_URL_INVALID',
    `the environment variable ${name} holds no connection string of Azure Tables`,
    'It looks like AccountName=NAME;AccountKey=KEY, or TableEndpoint=URL;SharedAccessSignature=SAS; or it is a SAS URL.',
  );
}
