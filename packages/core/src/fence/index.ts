export { FencedTable } from './fenced-table.ts';
export { type RaiseOptions, raiseFence, readFence } from './raise-fence.ts';
