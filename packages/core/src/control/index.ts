export { AbstractControl, type ControlDependencies, type NewJournalEntry } from './abstract-control.ts';
export type * from './control-store.ts';
export { decodeDocument, encodeDocument } from './document-text.ts';
export { ControlError, type ControlErrorCode, revisionMismatch } from './errors.ts';
export { FailureDetector, isSilent } from './failure-detector.ts';
export { LEASE_MS, type Lease, takeLease } from './lease.ts';
export { type Lock, type LockContext, releaseLock, takeLock } from './lock.ts';
export { MemoryControl } from './memory-control.ts';
export { type Locked, type LockedContext, withLock } from './with-lock.ts';
