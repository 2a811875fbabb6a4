import { brief } from './brief.ts';
import { CallSite } from './call-site.ts';
import { describeFootprint, type Footprint } from './footprint.ts';
import { OperationSpans } from './operation-spans.ts';
import type { Fault, Point } from './point.ts';

/** One released point, for people and files. */
export interface TraceStep {
  readonly task: string;
  readonly label: string;
  /** What the call gave: `→ 5`, nothing, or `✗ Error: …`; undefined if it has not answered. */
  readonly outcome: string | undefined;
  readonly fault: Fault | undefined;
  readonly footprint: string;
  /** Where the call stands in the code. */
  readonly at: string | undefined;
  /** Where the file in which that is was called from. */
  readonly calledFrom: string | undefined;
  /** What the scenario shows of its world after this step, if it shows anything. */
  readonly shown: string | undefined;
}

interface Step {
  readonly task: string;
  readonly label: string;
  outcome: string | undefined;
  readonly fault: Fault | undefined;
  footprint: string;
  shown: string | undefined;
  readonly site: CallSite | undefined;
}

/** Writes down what happens in a schedule. Costs far more than the schedule: for those that somebody will look at. */
export class Trace {
  readonly operations = new OperationSpans();
  /** What the scenario shows of its world before the first step. */
  opening: string | undefined = undefined;
  private readonly written: Step[] = [];
  private readonly sites = new Map<Point, CallSite>();
  private readonly byPoint = new Map<object, Step>();

  /** What has happened, as it looks now. */
  get steps(): TraceStep[] {
    return this.written.map(({ site, ...step }) => ({ ...step, at: site?.line, calledFrom: site?.caller }));
  }

  /** Somebody calls, and waits. */
  parked(point: Point): void {
    this.sites.set(point, new CallSite());
  }

  /** What was called at the one will be delivered at the other. */
  postponed(point: Point, late: Point): void {
    const site = this.sites.get(point);
    if (site) this.sites.set(late, site);
  }

  released(point: Point, fault: Fault | undefined): void {
    const task = point.chain.life.task.name;
    const site = this.sites.get(point);
    const step = {
      task,
      label: point.label(),
      outcome: undefined,
      fault,
      footprint: '',
      shown: undefined,
      site,
    };
    this.written.push(step);
    this.byPoint.set(point, step);
  }

  /** Runs the call's effect, and notes what it gives: beside the caller, since a schedule must not change by it. */
  watch(point: Point, effect: () => unknown): unknown {
    try {
      const result = effect();
      void Promise.resolve(result).then(
        (value) => this.outcome(point, value === undefined ? '' : `→ ${brief(value)}`),
        (error: unknown) => this.outcome(point, `✗ ${brief(error)}`),
      );
      return result;
    } catch (error) {
      this.outcome(point, `✗ ${brief(error)}`);
      throw error;
    }
  }

  hasAnswered(point: object): boolean {
    return this.byPoint.get(point)?.outcome !== undefined;
  }

  /** Everyone is parked for the first time. */
  began(shown: string | undefined): void {
    this.opening = shown;
    this.operations.stepped(0);
  }

  /** The step of this number, from 1, has run to its end. */
  closed(footprint: Footprint, number: number, shown: string | undefined): void {
    this.operations.stepped(number);
    const step = this.written.at(-1);
    if (!step) return;
    step.footprint = describeFootprint(footprint);
    step.shown = shown;
  }

  private outcome(point: Point, text: string): void {
    const step = this.byPoint.get(point);
    if (step) step.outcome = text;
  }
}
