import type { ControlStore } from '../control/index.ts';
import type { Phase, Side } from '../live/index.ts';
import { documentName, type Found, need, write } from './documents.ts';
import { phaseFence } from './fences.ts';
import type { Places } from './places.ts';
import { either, isCount, isFlag, isText, like, listOf, oneOf, optional, type Shape } from './shape.ts';

/** A phase without the fence, which follows from its number. */
export type PhaseContent =
  | { readonly kind: 'alone'; readonly side: Side; readonly clean: boolean }
  | { readonly kind: 'managed'; readonly born: Side; readonly plan: number };

export interface NumberedPhase {
  /** Counts the phases of a migration, from 0. */
  readonly number: number;
  readonly phase: PhaseContent;
}

/** The phase that a migration is in, or on its way into. */
export interface PhaseDocument extends NumberedPhase {
  /** What clients are still in that were not told of this one. Undefined for the first. */
  readonly before?: NumberedPhase;
  /** The phases that nobody is in any more once this one is settled: what is written in them from then on is refused. */
  readonly leaves: readonly number[];
  /** The groups of clients that were told of it so far. */
  readonly told: readonly string[] | 'all';
  /** Nobody is in an earlier phase any more, nor ever will be. */
  readonly settled: boolean;
}

const SIDE = oneOf('source', 'target');
const ALONE = { kind: oneOf('alone'), side: SIDE, clean: isFlag };
const MANAGED = { kind: oneOf('managed'), born: SIDE, plan: isCount };
const NUMBERED: Shape<NumberedPhase> = { number: isCount, phase: either(like(ALONE), like(MANAGED)) };
const PHASE: Shape<PhaseDocument> = {
  ...NUMBERED,
  before: optional(like(NUMBERED)),
  leaves: listOf(isCount),
  told: either(oneOf('all'), listOf(isText)),
  settled: isFlag,
};

/** Everything is on the source, as it was before anybody thought of a migration. */
export const FIRST_PHASE: PhaseDocument = {
  number: 0,
  phase: { kind: 'alone', side: 'source', clean: true },
  leaves: [],
  told: 'all',
  settled: true,
};

export function phaseName(migration: string): string {
  return documentName(migration, 'phase');
}

export function findPhase(control: ControlStore, migration: string): Promise<Found<PhaseDocument>> {
  return need(control, phaseName(migration), PHASE);
}

export function writePhase(
  control: ControlStore,
  migration: string,
  phase: PhaseDocument,
  expected: number | undefined,
): Promise<Found<PhaseDocument>> {
  return write(control, phaseName(migration), phase, expected);
}

/** The phase that a client of this group is in, or has to go into. */
export function phaseOf(document: PhaseDocument, group: string): NumberedPhase {
  const { before, told } = document;
  return before === undefined || told === 'all' || told.includes(group) ? document : before;
}

/** A phase as a table adopts it. */
export function fencedPhase(places: Places, { number, phase }: NumberedPhase): Phase {
  return { ...phase, fence: phaseFence(places, number) };
}

/** The side that is left when a migration is over: it is clean, and there is no other phase to come. */
export function lastSide({ number, phase, settled }: PhaseDocument): Side | undefined {
  const isLast = settled && number > FIRST_PHASE.number && phase.kind === 'alone' && phase.clean;
  return isLast ? phase.side : undefined;
}

/** What people call it. */
export function nameOfPhase(phase: PhaseContent): string {
  if (phase.kind === 'managed') return `managed, default ${phase.born}`;
  return `${phase.side} only`;
}
