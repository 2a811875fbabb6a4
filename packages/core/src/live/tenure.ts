import { ControlError } from '../control/index.ts';

/** The right to use a table. It may end while its holder sleeps, and is therefore asked for, not told. */
export interface Tenure {
  holds(): boolean;
}

/** For whom nobody waits: a test, or a process that is the only one. */
export const FOR_EVER: Tenure = { holds: () => true };

/** Nothing was applied: what came back too late is thrown away, and what was not sent yet is not sent. */
export function leaseLost(table: string): ControlError {
  return new ControlError(
    'CONTROL_LEASE_LOST',
    `this process may not use the table ${JSON.stringify(table)} any more: it was not heard from in time`,
    { effect: 'none', hint: 'It joins again by itself as soon as the control store can be reached.' },
  );
}
