import type { ControlStore } from '../control/index.ts';
import { findPhase, openLatest, type Places, type Resolve } from '../cutover/index.ts';
import { type PartitionRange, type Side, type Sides } from '../live/index.ts';
import { ownersInOrder, partitionsInOrder } from './partitions-in-order.ts';

/** Who has the partitions at the moment; it may be another one the next. */
export interface Survey {
  readonly partitions: Readonly<Record<Side, number>>;
  /** About how many rows there are in all; null if the stores cannot tell, or only some partitions were asked for. */
  readonly rows: number | null;
}

export interface SurveyOptions {
  readonly control: ControlStore;
  readonly places: Places;
  readonly resolve: Resolve;
  /** All partitions if null. */
  readonly range: PartitionRange | null;
  readonly signal: AbortSignal;
}

/** Counts the partitions of each side, by pages and in constant memory. Writes nothing. */
export async function surveyPartitions(options: SurveyOptions): Promise<Survey> {
  const { control, places, resolve, range, signal } = options;
  const { phase } = (await findPhase(control, places.name)).value;
  const { sides, close } = await openLatest(control, places, resolve);
  const partitions = { source: 0, target: 0 };
  try {
    const asked = { ...range, signal };
    if (phase.kind === 'alone') {
      for await (const _ of partitionsInOrder(sides, asked)) partitions[phase.side] += 1;
    } else {
      for await (const owner of ownersInOrder(sides, asked)) partitions[owner] += 1;
    }
    return { partitions, rows: range ? null : await rowsOf(sides, signal) };
  } finally {
    await close();
  }
}

/** Those of the larger table: the other one lacks some. */
async function rowsOf(sides: Sides, signal: AbortSignal): Promise<number | null> {
  const source = await sides.source.sampleKeys(1, { signal });
  const target = await sides.target.sampleKeys(1, { signal });
  const rows = Math.max(source.rows ?? -1, target.rows ?? -1);
  return rows < 0 ? null : rows;
}
