import type { Replayed, TraceStep } from '@changeover/tester';

/** The mutants whose shortest failing schedules say most about why the protocol is as it is. */
export const INSTRUCTIVE: readonly string[] = [
  'OwnerWins',
  'NoFloor',
  'CloseKeepsFence',
  'CopyForgetsOrigin',
  'FilterShadow',
  'RetryBlindly',
  'AbsentIsProof',
  'BornIsBrought',
  'AckAtOnce',
  'AloneUnguarded',
];

/** What goes wrong, step by step, as a text. The token at its end brings the schedule back. */
export function traceText(title: string, { trace, failure }: Replayed, token: string): string {
  return [
    title,
    '',
    ...trace.map((step, at) => `${String(at + 1).padStart(3)} ${step.task}: ${shown(step)}`),
    '',
    failure?.message ?? 'nothing fails',
    '',
    token,
    '',
  ].join('\n');
}

function shown({ label, fault, outcome }: TraceStep): string {
  return [label, fault ? `(${fault})` : (outcome ?? '')].filter(Boolean).join(' ');
}
