import type { Access, Footprint, Place } from './footprint.ts';
import type { ParkedCall } from './parked-call.ts';
import type { Incarnation } from './task.ts';

/** Two kinds of steps of different tasks, the one directly before the other at a place where they conflict. */
export interface OrderedPair {
  readonly before: string;
  readonly behind: string;
}

interface Step {
  readonly kind: string;
  readonly task: number;
}

/**
 * Sees in which orders the steps of one run came, by what kind of step they are: for each place that a step touches, the last
 * step before it that conflicts with it there, if that was another task's.
 */
export class StepOrders {
  readonly pairs: OrderedPair[] = [];
  private readonly steps: Step[] = [];
  /** By place: the last step that wrote it, that read it, and that did so at the place or below. */
  private readonly last = new Map<Place, Int32Array>();
  /** The operations of histories that are under way. */
  private readonly operations = new Map<Incarnation, string>();
  private readonly kinds = new WeakMap<ParkedCall, string>();

  get kindsSeen(): string[] {
    return [...new Set(this.steps.map(({ kind }) => kind))];
  }

  began(life: Incarnation, kind: string): void {
    this.operations.set(life, kind);
  }

  ended(life: Incarnation): void {
    this.operations.delete(life);
  }

  /** What is called within an operation is a step of that operation. */
  parked(point: ParkedCall): void {
    this.kinds.set(point, this.operations.get(point.chain.life) ?? kindOf(point));
  }

  closed(point: ParkedCall, { accesses }: Footprint): void {
    const { task } = point;
    const kind = this.kinds.get(point) ?? kindOf(point);
    const step = this.steps.push({ kind, task }) - 1;
    const shared = accesses.filter(({ place }) => !place.path.startsWith('#'));
    for (const at of new Set(shared.map((access) => this.lastInConflict(access)))) {
      const before = this.steps[at];
      if (before && before.task !== task) this.pairs.push({ before: before.kind, behind: kind });
    }
    for (const access of shared) this.enter(access, step);
  }

  private lastInConflict({ place, write }: Access): number {
    const at = (where: Place, which: number) => this.last.get(where)?.[which] ?? NEVER;
    let last = at(place, WRITTEN_BELOW);
    if (write) last = Math.max(last, at(place, READ_BELOW));
    for (let above = place.parent; above; above = above.parent) {
      last = Math.max(last, at(above, WRITTEN), write ? at(above, READ) : NEVER);
    }
    return last;
  }

  private enter({ place, write }: Access, step: number): void {
    this.lastAt(place)[write ? WRITTEN : READ] = step;
    for (let each: Place | undefined = place; each; each = each.parent) {
      this.lastAt(each)[write ? WRITTEN_BELOW : READ_BELOW] = step;
    }
  }

  private lastAt(place: Place): Int32Array {
    let known = this.last.get(place);
    if (!known) this.last.set(place, (known = new Int32Array(4).fill(NEVER)));
    return known;
  }
}

const NEVER = -1;
const WRITTEN = 0;
const READ = 1;
const WRITTEN_BELOW = 2;
const READ_BELOW = 3;

function kindOf({ call }: ParkedCall): string {
  if (call.kind !== undefined) return call.kind;
  const label = typeof call.label === 'string' ? call.label : call.label();
  return (label.split('(', 1)[0] as string).replaceAll(/\d+/g, '#');
}
