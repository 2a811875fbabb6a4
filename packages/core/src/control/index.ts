export type * from './control-store.ts';
export { ControlError, type ControlErrorCode } from './errors.ts';
export { type Lock, type LockContext, releaseLock, takeLock } from './lock.ts';
export { isDead } from './session.ts';
