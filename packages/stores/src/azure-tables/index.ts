export { openAzureTables } from './azure-tables-config.ts';
export type { AzureTablesPatience, AzureTablesPlace, TokenSource } from './azure-tables-connection.ts';
export { AzureTablesStore, type AzureTablesStoreOptions } from './azure-tables-store.ts';
export { AzureTablesTable } from './azure-tables-table.ts';
