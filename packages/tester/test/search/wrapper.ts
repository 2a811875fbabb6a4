import { reads, type Scope } from '../../src/index.ts';

/** Stands between the code under test and the tester, in a file of its own. */
export function wrapped(scope: Scope, label: string): Promise<void> {
  return parked(scope, `${label} n`);
}

function parked(scope: Scope, label: string): Promise<void> {
  return scope.yield(label, reads('n'));
}
