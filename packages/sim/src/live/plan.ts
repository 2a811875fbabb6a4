import type { Draw } from '@changeover/tester';
import type { Phase, Side } from 'changeover/live';

type Until = 'turned' | 'copied' | 'complete';

/** What the one who migrates does, in this order. Each step can be done again after a crash. */
export type Step =
  /** Tells every client its phase, and waits until each has acknowledged. */
  | { readonly type: 'push'; readonly phase: Phase }
  | { readonly type: 'stamp'; readonly plan: number; readonly born: Side }
  /** Brings partitions to a side: all of them, or only the first. */
  | {
      readonly type: 'bring';
      readonly plan: number;
      readonly born: Side;
      readonly side: Side;
      readonly until: Until;
      readonly only: string | undefined;
      /** Only the second worker gets to it: the first is told to turn back before. */
      readonly second?: boolean;
    }
  /** Compares every partition with the frozen side: no difference may be told. */
  | { readonly type: 'validate' }
  | { readonly type: 'retire'; readonly plan: number; readonly side: Side }
  /** Wipes the retired side, and takes out of the other what is hidden. */
  | { readonly type: 'clean'; readonly side: Side };

export interface Plan {
  readonly name: string;
  readonly steps: readonly Step[];
  /** The side that is clean at the end, if the plan goes that far. */
  readonly clean: Side | undefined;
  /** Whether a second worker does the first directions, too, however late. */
  readonly second: boolean;
  /** How far that one goes with each partition; undefined for as far as the first. */
  readonly secondUntil: Until | undefined;
  /** Whether fences of the stores keep out who does not hear of a phase, so that nobody waits. */
  readonly guarded: boolean;
  /** Whether the first worker looks for the partitions that there are, or knows them all. */
  readonly lists: boolean;
  readonly partitions: readonly string[];
}

const PLANS = [
  'forward',
  'there and back',
  'there, back and there',
  'many turns',
  'to the end',
  'back to the source only',
  'back from the target only',
  'abort',
  'turns without a copy',
  'there, back, and there to the end',
] as const;

/** Those behind are for some sizes only. */
export type PlanName =
  | (typeof PLANS)[number]
  | 'back from the target only, and there'
  | 'births there, and the source only'
  | 'births there, and the target only'
  | 'the target only';

export function drawPlan(draw: Draw, partitions: readonly string[]): Plan {
  return drawPlanOf(draw, draw.pick(PLANS), partitions);
}

export function drawPlanOf(draw: Draw, name: PlanName, partitions: readonly string[]): Plan {
  const builder = new PlanBuilder(draw, partitions);
  builder.begin();
  switch (name) {
    case 'forward':
      builder.go('target', untilOf(draw));
      break;
    case 'there and back':
      builder.go('target', untilOf(draw)).go('source', untilOf(draw));
      break;
    case 'there, back and there':
      builder.go('target', untilOf(draw)).go('source', untilOf(draw)).go('target', untilOf(draw));
      break;
    case 'many turns':
      for (let turn = 0; turn < 4; turn += 1) builder.go(turn % 2 ? 'source' : 'target', untilOf(draw));
      break;
    case 'turns without a copy':
      builder.go('target', 'turned').go('source', 'turned').go('target', 'turned');
      break;
    case 'there, back, and there to the end':
      builder.go('target', 'turned').go('source', 'turned').go('target', 'complete');
      break;
    case 'to the end':
      builder.go('target', untilOf(draw)).end('target');
      break;
    case 'back to the source only':
      builder.go('target', untilOf(draw)).go('source', untilOf(draw)).end('source');
      break;
    case 'back from the target only':
      builder.go('target', 'complete').alone('target').go('source', untilOf(draw));
      if (draw.boolean()) builder.go('target', untilOf(draw));
      if (draw.boolean()) builder.go('source', untilOf(draw));
      break;
    case 'back from the target only, and there':
      builder.go('target', 'complete').alone('target').go('source', 'turned').go('target', 'turned');
      break;
    case 'births there, and the source only':
      builder.bear('target').go('source', 'turned').alone('source');
      break;
    case 'births there, and the target only':
      builder
        .bear('target')
        .alone('target')
        .turned('target')
        .turned('target')
        .turned('target')
        .alone('target');
      break;
    case 'the target only':
      builder.go('target', 'complete').alone('target');
      break;
    case 'abort':
      builder.pretend('target', untilOf(draw)).go('source', 'complete').end('source');
      break;
  }
  return builder.plan(name);
}

function untilOf(draw: Draw): Until {
  return draw.pick<Until>(['turned', 'complete', 'copied', 'turned']);
}

class PlanBuilder {
  readonly #draw: Draw;
  readonly #partitions: readonly string[];
  readonly #steps: Step[] = [];
  #number = 1;
  #born: Side = 'source';
  #clean: Side | undefined;

  constructor(draw: Draw, partitions: readonly string[]) {
    this.#draw = draw;
    this.#partitions = partitions;
  }

  begin(): void {
    this.#push({ kind: 'managed', born: 'source', plan: this.#number });
  }

  /** Has partitions born on a side from now on. */
  bear(side: Side): this {
    this.#born = side;
    this.#push({ kind: 'managed', born: side, plan: this.#number });
    return this;
  }

  /** Changes the direction: a new plan, which every partition is marked with before anything turns. */
  go(side: Side, until: Until): this {
    if (this.#steps.length > 1) {
      this.#number += 1;
      this.#push({ kind: 'managed', born: this.#born, plan: this.#number });
      this.#steps.push({ type: 'stamp', plan: this.#number, born: this.#born });
    }
    if (this.#draw.boolean()) this.#bring(side, until, 'p');
    if (this.#born !== side && this.#draw.chance(0.7)) this.bear(side);
    this.#bring(side, until, undefined);
    if (this.#draw.chance(0.3)) this.#steps.push({ type: 'validate' });
    return this;
  }

  /** The second worker begins with a direction that the first never does. */
  pretend(side: Side, until: Until): this {
    const step = {
      type: 'bring',
      plan: this.#number,
      born: this.#born,
      side,
      until,
      only: undefined,
    } as const;
    this.#steps.push({ ...step, second: true });
    return this;
  }

  alone(side: Side): this {
    if (this.#born !== side) this.bear(side);
    this.#bring(side, 'complete', undefined);
    this.#push({ kind: 'alone', side, clean: false });
    return this;
  }

  /** Partitions that are found only now, on a side that is used alone: first each is turned, as if a worker had crashed there. */
  turned(side: Side): this {
    this.#bring(side, 'turned', undefined);
    return this;
  }

  end(side: Side): void {
    this.alone(side);
    this.#bring(side, 'complete', undefined);
    this.#steps.push({ type: 'retire', plan: this.#number, side }, { type: 'clean', side });
    this.#push({ kind: 'alone', side, clean: true });
    this.#clean = side;
  }

  plan(name: string): Plan {
    return {
      name,
      steps: this.#steps,
      clean: this.#clean,
      second: this.#draw.boolean(),
      secondUntil: this.#draw.boolean() ? 'complete' : undefined,
      guarded: this.#draw.chance(0.3),
      lists: this.#draw.boolean(),
      partitions: this.#partitions,
    };
  }

  #bring(side: Side, until: Until, only: string | undefined): void {
    this.#steps.push({ type: 'bring', plan: this.#number, born: this.#born, side, until, only });
  }

  #push(phase: Phase): void {
    this.#steps.push({ type: 'push', phase });
  }
}
