import type { Clock } from 'changeover/std';
import { onTestFinished } from 'vitest';
import { type AzureTablesPatience, AzureTablesStore } from '../../src/azure-tables/index.ts';
import { systemClock } from '../../src/host/index.ts';
import { HttpProxy } from './http-proxy.ts';
import type { Azurite } from './test-server.ts';

let tables = 0;

export interface Opening extends AzureTablesPatience {
  readonly clock?: Clock;
}

/** A table of its own for the running test, reached through a proxy that can fail. */
export async function openTable(azurite: Azurite, { clock = systemClock, ...patience }: Opening = {}) {
  tables += 1;
  const name = `fixture${tables}`;
  const proxy = await HttpProxy.open(azurite);
  const place = azurite.accounts[0].place(proxy.port);
  const store = new AzureTablesStore({ place, mode: 'write', clock, ...patience });
  await store.create(name);
  const table = await store.open(name);
  onTestFinished(async () => {
    await store.close();
    await proxy.close();
  });
  return { name, store, table, proxy };
}
