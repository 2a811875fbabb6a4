import type { BatchResult, Row } from './table.ts';

/** Is told what cannot be seen from outside. A product would have nothing here; a test checks each word. */
export interface Witness {
  /** The batch or query that this application has under way takes effect, with this answer. */
  takesEffect(answer: BatchResult | readonly Row[]): void;
  /** The row has another version from now on, and is the same otherwise. */
  versionChanged(row: Row, version: string): void;
}
