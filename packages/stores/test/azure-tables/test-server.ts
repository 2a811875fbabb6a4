import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { AzureTablesPlace } from '../../src/azure-tables/index.ts';

/** What we use of Azurite, which has no types and no entry of its own for this. */
interface Server {
  readonly httpServer: { address(): AddressInfo };
  start(): Promise<void>;
  close(): Promise<void>;
}

const require = createRequire(import.meta.url);

/** A table service in this process: in memory, on a port of its own, with two accounts that nobody else knows. */
export interface Azurite {
  readonly host: string;
  readonly port: number;
  readonly accounts: readonly [AzuriteAccount, AzuriteAccount];
  close(): Promise<void>;
}

interface AzuriteAccount {
  readonly name: string;
  readonly key: string;
  /** As somebody else reaches it, by another port if there is a proxy. */
  place(port?: number): AzureTablesPlace;
  connectionString(port?: number): string;
}

export async function startAzurite(): Promise<Azurite> {
  const accounts = [account('one'), account('two')] as const;
  // It is looked at again every minute: an account that is no longer there then is not found any more.
  process.env['AZURITE_ACCOUNTS'] = accounts.map(({ name, key }) => `${name}:${key}`).join(';');
  const { default: TableServer } = require('azurite/dist/src/table/TableServer.js');
  const { default: TableConfiguration } = require('azurite/dist/src/table/TableConfiguration.js');
  const [host, keepAliveSeconds, loose, anyVersion, inMemory] = ['127.0.0.1', 5, false, true, true];
  const quiet = [false, false, undefined, ''] as const;
  const noCertificate = ['', '', ''] as const;
  const server: Server = new TableServer(
    new TableConfiguration(
      host,
      0,
      keepAliveSeconds,
      '',
      ...quiet,
      loose,
      anyVersion,
      ...noCertificate,
      undefined,
      false,
      inMemory,
    ),
  );
  await server.start();
  const { port } = server.httpServer.address();
  return {
    host,
    port,
    accounts: [opened(accounts[0], host, port), opened(accounts[1], host, port)],
    async close() {
      await server.close();
      delete process.env['AZURITE_ACCOUNTS'];
    },
  };
}

interface Named {
  readonly name: string;
  readonly key: string;
}

function account(name: string): Named {
  return { name: `${name}${randomBytes(4).toString('hex')}`, key: randomBytes(32).toString('base64') };
}

function opened({ name, key }: Named, host: string, own: number): AzuriteAccount {
  const endpoint = (port: number) => `http://${host}:${port}/${name}`;
  return {
    name,
    key,
    place: (port = own) => ({ endpoint: endpoint(port), credential: { name, key } }),
    connectionString: (port = own) =>
      `DefaultEndpointsProtocol=http;AccountName=${name};AccountKey=${key};TableEndpoint=${endpoint(port)};`,
  };
}
