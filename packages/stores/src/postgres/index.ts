export { openPostgres } from './postgres-config.ts';
export type { PostgresLimits, PostgresPlace } from './postgres-connection.ts';
export { PostgresMappedStore, type PostgresMappedStoreOptions } from './postgres-mapped-store.ts';
export { PostgresStore, type PostgresStoreOptions } from './postgres-store.ts';
export { PostgresTable } from './postgres-table.ts';
