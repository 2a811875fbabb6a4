import { expect, test } from 'vitest';
import { flavourOf } from '../../src/azure-tables/azure-tables-flavour.ts';
import { placeOfUrl } from '../../src/azure-tables/azure-tables-location.ts';
import { systemClock } from '../../src/host/index.ts';
import { resolve } from '../../src/index.ts';
import { parseStoreUrl } from '../../src/store-url.ts';

const SECRET = 'c2VjcmV0';
const SAS = 'sv=2019-02-02&sig=c2VjcmV0';

const placeOf = (url: string, env: Readonly<Record<string, string>> = {}) =>
  placeOfUrl(parseStoreUrl(url), env);

test.each([
  ['azure-tables:dev', {}, 'http://127.0.0.1:10002/devstoreaccount1', 'emulator'],
  [
    'azure-tables:env:A',
    { A: 'UseDevelopmentStorage=true' },
    'http://127.0.0.1:10002/devstoreaccount1',
    'emulator',
  ],
  [
    'azure-tables:env:A',
    {
      A: `DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=${SECRET};EndpointSuffix=core.windows.net`,
    },
    'https://shop.table.core.windows.net',
    { name: 'shop', key: SECRET },
  ],
  [
    'azure-tables:env:A',
    { A: `TableEndpoint=https://shop.table.core.windows.net/;SharedAccessSignature=${SAS}` },
    'https://shop.table.core.windows.net/',
    { sas: SAS },
  ],
  [
    'azure-tables:env:A',
    { A: `https://shop.table.core.windows.net/?${SAS}` },
    'https://shop.table.core.windows.net/',
    { sas: SAS },
  ],
  [
    'azure-tables://shop.table.core.windows.net?key=env:K',
    { K: SECRET },
    'https://shop.table.core.windows.net',
    { name: 'shop', key: SECRET },
  ],
  [
    'azure-tables://shop.table.core.windows.net?sas=env:S',
    { S: `?${SAS}` },
    'https://shop.table.core.windows.net',
    { sas: SAS },
  ],
  [
    'azure-tables://shop.table.core.windows.net',
    { AZURE_STORAGE_KEY: SECRET },
    'https://shop.table.core.windows.net',
    { name: 'shop', key: SECRET },
  ],
])('%s names an account', (url, env, endpoint, credential) => {
  expect(placeOf(url, env as Record<string, string>)).toEqual({ endpoint, credential });
});

test.each([
  [`azure-tables://shop.table.core.windows.net?${SAS}`, 'STORE_SECRET_IN_URL'],
  [`azure-tables://shop.table.core.windows.net?key=${SECRET}`, 'STORE_SECRET_IN_URL'],
  ['azure-tables://shop.table.core.windows.net', 'STORE_URL_INVALID'],
  ['azure-tables:env:NONE', 'STORE_URL_INVALID'],
  ['azure-tables:elsewhere', 'STORE_URL_INVALID'],
  ['azure-tables:dev?timeout=0', 'STORE_URL_INVALID'],
  ['azure-tables:dev?tiemout=5', 'STORE_PARAMETER_UNKNOWN'],
])('%s is refused, and no secret told', async (url, code) => {
  const failure: unknown = await resolve(url, { mode: 'read', clock: systemClock, env: {} }).catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({ code });
  expect(`${String(failure)} ${JSON.stringify(failure)}`).not.toContain(SECRET);
});

test('a connection string that is none is not told', () => {
  expect(() => placeOf('azure-tables:env:A', { A: `AccountKey=${SECRET}` })).toThrow(
    /variable A holds no connection string/,
  );
});

test.each([
  ['https://shop.table.core.windows.net', 'storage'],
  ['https://shop.table.cosmos.azure.com', 'cosmos'],
  ['http://127.0.0.1:10002/devstoreaccount1', 'emulator'],
])('%s is of the flavour %s', (endpoint, flavour) => {
  expect(flavourOf(endpoint)).toBe(flavour);
});
