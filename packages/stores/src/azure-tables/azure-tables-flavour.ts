/**
 * Who speaks the protocol: `storage` is Azure Storage itself, `cosmos` the tables of Azure Cosmos DB, `emulator` Azurite or
 * what is reached like it, with the account in the path. The README lists what they do differently.
 */
export type AzureTablesFlavour = 'storage' | 'cosmos' | 'emulator';

/** The endpoint tells. */
export function flavourOf(endpoint: string): AzureTablesFlavour {
  const { hostname, pathname } = new URL(endpoint);
  if (/\.table\.cosmos(db)?\./.test(hostname)) return 'cosmos';
  return pathname.replaceAll('/', '') === '' ? 'storage' : 'emulator';
}
