export { type MappedConfig, type MappedParameters, parseMappedConfig } from '../layout/index.ts';
export { openSqlite } from './sqlite-config.ts';
export { openSqliteControl, type SqliteControl, type SqliteControlOptions } from './sqlite-control.ts';
export { SqliteMappedStore, type SqliteMappedStoreOptions } from './sqlite-mapped-store.ts';
export { SqliteStore, type SqliteStoreOptions } from './sqlite-store.ts';
export { SqliteTable } from './sqlite-table.ts';
