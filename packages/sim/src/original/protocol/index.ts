export { Configuration } from './configuration.ts';
export { isReserved, isTombstone, RESERVED_ROWS, visible } from './metadata.ts';
export type { MigratingStream } from './migrating-stream.ts';
export { MigratingTable } from './migrating-table.ts';
export { Migrator } from './migrator.ts';
export type { State } from './states.ts';
export * from './table.ts';
export type { Witness } from './witness.ts';
