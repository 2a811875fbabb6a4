export { openSqliteControl, type SqliteControl, type SqliteControlOptions } from './sqlite-control.ts';
export { SqliteStore, type SqliteStoreOptions } from './sqlite-store.ts';
export { SqliteTable } from './sqlite-table.ts';
