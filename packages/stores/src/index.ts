export { DEFAULT_CONTROL, formatControlUrl, parseControlUrl } from './control-url.ts';
export { nearestName } from './nearest-name.ts';
export type { ResolveOptions } from './open-store.ts';
export { type OpenTableOptions, openTable } from './open-table.ts';
export { type ResolvedUrl, resolve } from './resolve.ts';
export { StoreUrlError, type StoreUrlErrorCode } from './store-url.ts';
