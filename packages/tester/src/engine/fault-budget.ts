import type { Fault, Point } from './point.ts';
import type { FaultBudget } from './scenario.ts';

const NONE: readonly Fault[] = [];

/** Which faults a schedule may still have. */
export class RemainingFaults {
  private readonly left: Record<'before' | 'after' | 'duplicate' | 'crash', number>;
  private total: number;

  constructor(budget: FaultBudget = {}) {
    const { before = 0, after = 0, duplicate = 0, crash = 0 } = budget;
    this.left = { before, after, duplicate, crash };
    this.total = before + after + duplicate + crash;
  }

  of(point: Point): readonly Fault[] {
    if (this.total === 0) return NONE;
    const { late, chain } = point;
    // A call that is late may outlive its task: who is done, or gone, does not crash.
    const alive = !late && chain.life.state === 'running';
    const crashes: readonly Fault[] = alive && point.crashes ? ['crash', 'crash-late'] : NONE;
    const ofCall = point.faults.filter((fault) => fault !== 'crash' && fault !== 'crash-late');
    return [...ofCall, ...crashes].filter((fault) => this.left[counter(fault)] > 0);
  }

  spend(fault: Fault): void {
    this.left[counter(fault)]--;
    this.total--;
  }
}

function counter(fault: Fault): 'before' | 'after' | 'duplicate' | 'crash' {
  return fault === 'crash-late' ? 'crash' : fault;
}
