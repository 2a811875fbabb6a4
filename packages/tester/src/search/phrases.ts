import type { TraceStep } from '../engine/trace.ts';

const FAULTS = {
  before: '↯ fails without effect',
  after: '↯ reply lost',
  duplicate: '↯ will be delivered again',
  crash: '↯ crash, call lost',
  'crash-late': '↯ crash, call under way',
};

/** A step in a few words: the call and what came of it. */
export function cell({ label, outcome, fault }: TraceStep): string {
  return [label, fault === undefined ? (outcome ?? '…') : FAULTS[fault]].filter(Boolean).join(' ');
}

export function number(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function percent(part: number): string {
  return `${(100 * part).toFixed(0)} %`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}
