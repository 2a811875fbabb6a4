import { formatKey, keyOf, refusal, type TableError, type Write } from '../table/index.ts';

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

/** The error that the application gets, as from any other table. */
export function refusedWrite(code: RefusalCode, write: Write, index: number): TableError {
  const message = `write ${index} failed: row ${formatKey(write)} ${REASON[code]}`;
  return refusal(code, message, { index, key: keyOf(write) });
}
