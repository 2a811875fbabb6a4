export { type Batch, type BatchLimits, batchesOf } from './batches.ts';
export { type DifferentProperty, differentProperties, sameRow } from './compare-rows.ts';
export { boundsOf, type KeyRange, rangesBetween } from './key-range.ts';
export { type PageOptions, pagesOf } from './pages.ts';
export { type Progress, ProgressMeter } from './progress-meter.ts';
export { type RateLimit, rateLimit, unlimited } from './rate-limit.ts';
export { RowStream } from './row-stream.ts';
export { splitTable, type TableSplit, thinned } from './split-table.ts';
export { runPool } from './worker-pool.ts';
