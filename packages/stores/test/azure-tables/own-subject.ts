import assert from 'node:assert/strict';
import type { ActiveFault, ContractFactory, ContractSubject } from 'changeover/table/contract';
import { MANIFEST } from '../../src/azure-tables/azure-tables-manifest.ts';
import { AzureTablesStore } from '../../src/azure-tables/index.ts';
import { systemClock } from '../../src/host/index.ts';
import { HttpProxy } from './http-proxy.ts';
import type { Azurite } from './test-server.ts';

/** Short, since the tests of faults wait for it each time. */
const PATIENCE = { busyMs: 150 };

/** As the service says it; that nobody answers at all is a test of its own. */
const TIMED_OUT = {
  status: 500,
  body: '{"odata.error":{"code":"OperationTimedOut","message":{"lang":"en-US","value":"It took too long."}}}',
};

let subjects = 0;

/** Without a service nothing can be created, and only the plan be made. */
export function azureTablesFactory(azurite: Azurite | undefined): ContractFactory {
  return {
    manifest: MANIFEST,
    offers: { faults: ['throttled', 'timedOut', 'unavailable'], readOnly: true },
    async create() {
      assert.ok(azurite, 'there is a service');
      return createSubject(azurite);
    },
  };
}

async function createSubject(azurite: Azurite): Promise<ContractSubject> {
  subjects += 1;
  const proxy = await HttpProxy.open(azurite);
  const stores: AzureTablesStore[] = [];
  const openStore = (mode: 'read' | 'write') => {
    const place = azurite.accounts[0].place(proxy.port);
    const store = new AzureTablesStore({ place, mode, clock: systemClock, ...PATIENCE });
    stores.push(store);
    return store;
  };
  const store = openStore('write');
  const name = `subject${subjects}`;
  await store.create(name);
  return {
    store,
    open: (options) => store.open(name, options),
    openReadOnly: () => openStore('read').open(name),
    freeName: `free${subjects}`,
    reservedName: `_changeover_test${subjects}`,
    faults: faultsOf(proxy),
    async close() {
      await Promise.all(stores.map((each) => each.close()));
      await proxy.close();
      const clean = new AzureTablesStore({
        place: azurite.accounts[0].place(),
        mode: 'write',
        clock: systemClock,
      });
      const mine = (await clean.list({ reserved: true })).filter((each) =>
        new RegExp(`^(subject|free|_changeover_test)${subjects}\\D*$`).test(each),
      );
      for (const each of mine) await clean.drop(each, { reserved: true });
      await clean.close();
    },
  };
}

/** The faults that the service can be in, for whoever comes through the proxy. */
function faultsOf(proxy: HttpProxy): ContractSubject['faults'] {
  const during = (answer: Parameters<HttpProxy['answer']>[0]) => async (): Promise<ActiveFault> => {
    proxy.answer(answer);
    return { reads: true, writes: true, lift: async () => proxy.answer('pass') };
  };
  return { throttled: during('busy'), timedOut: during(TIMED_OUT), unavailable: during('cut') };
}
