import type { OpenStore } from '../open-store.ts';
import { checkParameters, type StoreUrl, urlError } from '../store-url.ts';
import { placeOfUrl } from './azure-tables-location.ts';
import { AzureTablesStore } from './azure-tables-store.ts';

const PARAMETERS = ['key', 'sas', 'timeout'];
const SECONDS_MAX = 30;

/**
 * Opens `azure-tables:dev`, the emulator of this machine; `azure-tables:env:NAME`, with a connection string or a SAS URL in
 * the environment variable NAME; or `azure-tables://ACCOUNT.table.core.windows.net`, with a key or a SAS from the environment.
 */
export const openAzureTables: OpenStore = async (url, { mode, clock, env }) => {
  const place = placeOfUrl(url, env);
  checkParameters(url, PARAMETERS);
  const timeout = timeoutOf(url);
  const store = new AzureTablesStore({
    place,
    mode,
    clock,
    ...(timeout === undefined ? {} : { timeoutMs: timeout * 1000 }),
  });
  return { store, prefix: url.prefix };
};

function timeoutOf({ parameters, prefix }: StoreUrl): number | undefined {
  const text = parameters.get('timeout');
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds >= 1 && seconds <= SECONDS_MAX) return seconds;
  throw urlError('STORE_URL_INVALID', `${prefix}: timeout is a number of seconds from 1 to ${SECONDS_MAX}`);
}
