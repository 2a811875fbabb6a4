import { isWellFormed } from '../table/index.ts';
import { ControlError } from './errors.ts';

/** Throws `CONTROL_NAME_INVALID` for a name that is empty, not well-formed Unicode, or begins or ends with a slash. */
export function checkName(name: string): void {
  if (name === '') throw invalid(name, 'is empty');
  if (!isWellFormed(name)) throw invalid(name, 'is not well-formed Unicode');
  if (name.startsWith('/') || name.endsWith('/')) throw invalid(name, 'begins or ends with a slash');
}

/** Throws `CONTROL_NAME_INVALID` for a prefix that no name can have; the empty one is every name's. */
export function checkPrefix(prefix: string): void {
  if (!isWellFormed(prefix)) throw invalid(prefix, 'is not well-formed Unicode');
}

function invalid(name: string, reason: string): ControlError {
  return new ControlError('CONTROL_NAME_INVALID', `the name ${JSON.stringify(name)} ${reason}`, {
    effect: 'none',
    details: { name },
  });
}
