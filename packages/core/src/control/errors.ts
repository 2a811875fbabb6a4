import { OperationalError } from '../std/index.ts';

/** Every way in which an operation on a control store can fail. One meaning a code; the table in README.md says when. */
export type ControlErrorCode =
  // The caller's input.
  | 'CONTROL_NAME_INVALID'
  // What the store says.
  | 'CONTROL_REVISION_MISMATCH'
  | 'CONTROL_LEASE_LOST'
  | 'CONTROL_LOCK_HELD'
  // The store itself.
  | 'CONTROL_NOT_FOUND'
  | 'CONTROL_NOT_A_STORE'
  | 'CONTROL_FORMAT_UNKNOWN'
  | 'CONTROL_CORRUPT'
  | 'CONTROL_READ_ONLY'
  | 'CONTROL_PERMISSION_DENIED'
  // The day.
  | 'CONTROL_FULL'
  | 'CONTROL_UNAVAILABLE'
  | 'CONTROL_CLOSED'
  | 'CONTROL_ABORTED';

export class ControlError extends OperationalError<ControlErrorCode> {}

/** What {@link import('./control-store.ts').ControlStore.put} throws when somebody else was faster. */
export function revisionMismatch(
  name: string,
  expected: number | undefined,
  actual: number | undefined,
): ControlError {
  const message = `${name} ${describeRevision(actual)}, but was expected to ${describeExpected(expected)}`;
  return new ControlError('CONTROL_REVISION_MISMATCH', message, {
    effect: 'none',
    details: { name, expected, actual },
  });
}

function describeRevision(revision: number | undefined): string {
  return revision === undefined ? 'does not exist' : `has the revision ${revision}`;
}

function describeExpected(revision: number | undefined): string {
  return revision === undefined ? 'be absent' : `have ${revision}`;
}
