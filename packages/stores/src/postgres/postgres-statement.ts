/** A row as the server gives it: each column as its text, NULL as null. */
export type StoredCells = readonly (string | null)[];

/** What can be bound to a parameter. An array becomes an array of the server's. */
export type Parameter = string | number | boolean | null | readonly (string | number | boolean | null)[];

export interface Statement {
  readonly text: string;
  readonly values?: readonly Parameter[];
  /** For texts of which there are few: each connection parses and plans them once. */
  readonly prepared?: boolean;
  /** Waits for the answer without end; for a transaction that is patient too. */
  readonly patient?: boolean;
}
