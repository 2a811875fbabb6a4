import { formatKey, keyOf, refusal, type TableError, type Write } from '../table/index.ts';
import type { Side } from './side.ts';

/** Why a condition of the application's fails. */
export type RefusalCode = 'TABLE_ROW_EXISTS' | 'TABLE_ROW_ABSENT' | 'TABLE_VERSION_MISMATCH';

const REASON: Readonly<Record<RefusalCode, string>> = {
  TABLE_ROW_EXISTS: 'exists',
  TABLE_ROW_ABSENT: 'does not exist',
  TABLE_VERSION_MISMATCH: 'has another version',
};

export function isRefusalCode(code: string): code is RefusalCode {
  return code in REASON;
}

/** The side that a phase names does not own the partition any more, and nobody has told us of the next phase. */
export function phaseOver(partitionKey: string, side: Side): TableError {
  const message = `the partition ${JSON.stringify(partitionKey)} is no longer written on the ${side}`;
  const hint =
    'The migration has gone on, and this process was not told. Let it reach the control store, or stop it.';
  return refusal('TABLE_FENCED', message, { partitionKey }, hint);
}

/** The error that the application gets, as from any other table. */
export function refusedWrite(code: RefusalCode, write: Write, index: number): TableError {
  const message = `write ${index} failed: row ${formatKey(write)} ${REASON[code]}`;
  return refusal(code, message, { index, key: keyOf(write) });
}
