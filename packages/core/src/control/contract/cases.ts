import type { ControlCase } from './contract-case.ts';
import { documentCases } from './documents.ts';
import { journalCases } from './journal.ts';
import { lifecycleCases } from './lifecycle.ts';
import { lockCases } from './lock.ts';
import { nameCases } from './names.ts';
import { outageCases } from './outage.ts';
import { sessionCases } from './sessions.ts';
import { watchCases } from './watch.ts';

/** Every claim that the contract makes, theme by theme. */
export const controlContract: readonly ControlCase[] = [
  ...documentCases,
  ...nameCases,
  ...watchCases,
  ...sessionCases,
  ...journalCases,
  ...lockCases,
  ...lifecycleCases,
  ...outageCases,
];
