import type { Deferred } from './deferred.ts';
import type { Footprint } from './footprint.ts';
import type { Call } from './parking.ts';
import type { Fault, Point } from './point.ts';
import type { Chain } from './task.ts';

const NO_FAULTS: readonly Fault[] = [];

/** A point, with what it takes to release it. There is one for each step of each schedule: few fields, no closures. */
export class ParkedCall implements Point {
  readonly chain: Chain;
  readonly call: Call<unknown>;
  readonly madeIn: number;
  priority = -1;
  /** Runs the effect in place of the call itself, if somebody looks on. */
  watch: ((point: Point, effect: () => unknown) => unknown) | undefined = undefined;
  private readonly caller: Deferred | undefined;

  /** @param caller who waits for the answer; undefined if nobody does any more */
  constructor(chain: Chain, call: Call<unknown>, madeIn: number, caller: Deferred | undefined) {
    this.chain = chain;
    this.call = call;
    this.madeIn = madeIn;
    this.caller = caller;
  }

  get footprint(): Footprint {
    return this.call.footprint;
  }

  get due(): number | undefined {
    return this.call.due;
  }

  get late(): boolean {
    return this.caller === undefined;
  }

  /** Whether the schedule is not over before this was released. */
  get holds(): boolean {
    return this.call.holds ?? !this.chain.life.task.options.daemon;
  }

  /** Whether its chain goes on when it is released: not so for timers that call back, and for late deliveries. */
  get answers(): boolean {
    return !this.late && this.call.holds !== false;
  }

  /** What is delivered late, or once more, meets no faults: those would have no end. */
  get faults(): readonly Fault[] {
    return this.late ? NO_FAULTS : (this.call.faults ?? NO_FAULTS);
  }

  label(): string {
    const { label } = this.call;
    const text = typeof label === 'string' ? label : label();
    return this.late ? `late: ${text}` : text;
  }

  /** Has its effect, and the caller gets what comes of it. */
  perform(): void {
    try {
      const answer = this.execute();
      if (this.caller) this.caller.resolve(answer);
      else void Promise.resolve(answer).catch(() => undefined); // late: nobody is there to hear of an error
    } catch (error) {
      this.caller?.reject(error);
    }
  }

  /** Has its effect, and the caller gets an error in any case. */
  loseReply(): void {
    const lost = () => this.fail('after');
    try {
      void Promise.resolve(this.execute()).then(lost, lost);
    } catch {
      lost(); // what the call threw is lost as well
    }
  }

  private execute(): unknown {
    return this.watch ? this.watch(this, this.call.execute) : this.call.execute();
  }

  fail(fault: 'before' | 'after'): void {
    this.caller?.reject(this.call.error?.(fault));
  }
}
