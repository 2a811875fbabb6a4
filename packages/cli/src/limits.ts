/** The largest numbers that options and the config take. */
export const LIMITS = { threads: 256, batchRows: 100_000, rate: 1_000_000_000 } as const;
