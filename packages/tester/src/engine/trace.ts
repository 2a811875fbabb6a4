import { brief } from './brief.ts';
import { callSite } from './call-site.ts';
import { describeFootprint, type Footprint } from './footprint.ts';
import type { Call } from './parking.ts';
import type { Fault, Point } from './point.ts';

/** One released point, for people and files. */
export interface TraceStep {
  readonly task: string;
  readonly label: string;
  /** What the call gave: `→ 5`, or `✗ Error: …`; undefined if it has not answered. */
  outcome: string | undefined;
  readonly fault: Fault | undefined;
  footprint: string;
  /** Where the call stands in the code. */
  readonly at: string | undefined;
}

/** Writes down what happens in a schedule. Costs far more than the schedule: for those that somebody will look at. */
export class Trace {
  readonly steps: TraceStep[] = [];
  private readonly sites = new Map<object, string | undefined>();
  private readonly stepOf = new Map<object, TraceStep>();

  /** The call, telling what it gives. */
  watched<T>(call: Call<T>): Call<T> {
    const watched: Call<T> = {
      ...call,
      execute: () => {
        try {
          const result = call.execute();
          // Beside the caller, not before it: the schedule must not be another one for being watched.
          void Promise.resolve(result).then(
            (value) => this.outcome(watched, value === undefined ? '→' : `→ ${brief(value)}`),
            (error: unknown) => this.outcome(watched, `✗ ${brief(error)}`),
          );
          return result;
        } catch (error) {
          this.outcome(watched, `✗ ${brief(error)}`);
          throw error;
        }
      },
    };
    this.sites.set(watched, callSite());
    return watched;
  }

  released(point: Point & { readonly call: object }, fault: Fault | undefined): void {
    const task = point.chain.life.task.name;
    const at = this.sites.get(point.call);
    const step = { task, label: point.label(), outcome: undefined, fault, footprint: '', at };
    this.steps.push(step);
    this.stepOf.set(point.call, step);
  }

  hasAnswered(point: object): boolean {
    return 'call' in point && this.stepOf.get(point.call as object)?.outcome !== undefined;
  }

  closed(footprint: Footprint): void {
    const step = this.steps.at(-1);
    if (step) step.footprint = describeFootprint(footprint);
  }

  private outcome(call: object, text: string): void {
    const step = this.stepOf.get(call);
    if (step) step.outcome = text;
  }
}
