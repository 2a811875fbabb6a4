/** Bytes that a shard of a copy reads ahead at a time. With two pages a shard in memory, this is what bounds it. */
export const COPY_PAGE_BYTES = 4 * 1024 * 1024;

/** Rows and bytes of a page of a comparison. Two sides and a page read ahead on each: four of these a range in memory. */
export const COMPARE_PAGE_ROWS = 1000;
export const COMPARE_PAGE_BYTES = 4 * 1024 * 1024;
