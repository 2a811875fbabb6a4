import { isOperationalError } from '../std/index.ts';
import type { OperationOptions, Table, Write, WriteResult } from '../table/index.ts';
import { isRefusalCode, type RefusalCode } from './refusal.ts';

/** What came of a batch, as far as the protocol goes on from there. */
export type Outcome =
  | { readonly kind: 'done'; readonly results: readonly WriteResult[] }
  /** The condition of this write did not hold: somebody was faster. Nothing was applied. */
  | { readonly kind: 'refused'; readonly index: number; readonly code: RefusalCode }
  /** No answer: it was applied, or was not, or will be. */
  | { readonly kind: 'unknown'; readonly error: unknown };

/** Sends a batch. Throws what is neither a lost race nor a lost reply: those errors had no effect. */
export async function attempt(
  table: Table,
  batch: readonly Write[],
  options: OperationOptions = {},
): Promise<Outcome> {
  try {
    return { kind: 'done', results: await table.write(batch, options) };
  } catch (error) {
    if (!isOperationalError(error)) throw error;
    const { index } = error.details;
    if (isRefusalCode(error.code) && typeof index === 'number') {
      return { kind: 'refused', index, code: error.code };
    }
    if (error.effect === 'unknown') return { kind: 'unknown', error };
    throw error;
  }
}
