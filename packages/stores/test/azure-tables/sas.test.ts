import { type AccountSasPermissions, AzureNamedKeyCredential, generateAccountSas } from '@azure/data-tables';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/host/index.ts';
import { resolve } from '../../src/index.ts';
import { startAzurite } from './test-server.ts';

const azurite = await startAzurite();
afterAll(() => azurite.close());

const EVERYTHING = { query: true, write: true, delete: true, list: true, add: true, update: true };
const ROW = { partitionKey: 'p', rowKey: 'r', properties: { text: { type: 'string', value: 'x' } } } as const;

/** The account, for whoever has this signature and no key. */
async function openBySas(permissions: AccountSasPermissions) {
  const [{ name, key, place }] = azurite.accounts;
  const sas = generateAccountSas(new AzureNamedKeyCredential(name, key), {
    permissions,
    services: { table: true },
    resourceTypes: 'sco',
    expiresOn: new Date(systemClock.now() + 3_600_000),
  });
  const env = { SHOP: `TableEndpoint=${place().endpoint};SharedAccessSignature=${sas}` };
  const { store } = await resolve('azure-tables:env:SHOP', { mode: 'write', clock: systemClock, env });
  onTestFinished(() => store.close());
  return { store, signature: new URLSearchParams(sas).get('sig') as string };
}

test('Whoever has a SAS of the account makes, fills, changes and drops a table', async () => {
  const { store } = await openBySas(EVERYTHING);
  await store.create('orders');
  const table = await store.open('orders');
  await table.load([ROW]);
  await table.write([{ ...ROW, kind: 'upsertReplace' }]);
  expect(await table.query('p')).toMatchObject([ROW]);
  await table.write([{ partitionKey: 'p', rowKey: 'r', kind: 'delete' }]);
  expect(await table.get(ROW)).toBeUndefined();
  expect(await store.drop('orders')).toBe(true);
});

test('A SAS that lets only read is refused its writes, which have no effect, and is not told', async () => {
  const everything = await openBySas(EVERYTHING);
  await everything.store.create('kept');
  const { store, signature } = await openBySas({ query: true, list: true });
  const table = await store.open('kept');
  const failure: unknown = await table.write([{ ...ROW, kind: 'insert' }]).catch((error: unknown) => error);
  expect(failure).toMatchObject({ effect: 'none' });
  expect(`${String(failure)} ${JSON.stringify(failure)}`).not.toContain(signature);
  expect(await table.query('p')).toEqual([]);
});
