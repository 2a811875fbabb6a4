/** What a vendor asks for storage operations, as published. */
export interface UnitPrices {
  /** As in the URL's scheme. */
  readonly vendor: string;
  /** An ISO 4217 code. */
  readonly currency: string;
  readonly perMillionReads: number;
  readonly perMillionWrites: number;
  /** The day on which the price was looked up: `2026-11-22`. */
  readonly asOf: string;
  /** Where: a name that a reader can find again. */
  readonly source: string;
}

/**
 * The prices that we are sure of. Vendors whose operations cost money are to be added with the stores themselves; until
 * then, and for other regions and contracts, a caller brings its own list.
 */
export const PRICE_LIST: readonly UnitPrices[] = [
  {
    vendor: 'sqlite',
    currency: 'USD',
    perMillionReads: 0,
    perMillionWrites: 0,
    asOf: '2026-11-22',
    source: 'sqlite.org: the public domain, a file of your own',
  },
];
