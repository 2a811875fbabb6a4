import type { Footprint } from './footprint.ts';
import type { Call } from './parking.ts';
import type { Fault, Point } from './point.ts';
import type { Chain } from './task.ts';

const NO_FAULTS: readonly Fault[] = [];

const captured = { resolve: (_: unknown): void => undefined, reject: (_: unknown): void => undefined };

/** One executor for all promises: it runs at once, so that what it was given can be fetched from where it is put. */
function capture(resolve: (value: unknown) => void, reject: (error: unknown) => void): void {
  captured.resolve = resolve;
  captured.reject = reject;
}

/** A point, with what it takes to release it. There is one for each step of each schedule: few fields, no closures. */
export class ParkedCall implements Point {
  readonly chain: Chain;
  readonly call: Call<unknown>;
  readonly madeIn: readonly number[];
  /** The index of its task. */
  readonly task: number;
  priority = -1;
  /** What the caller waits for; undefined if nobody waits any more. */
  readonly answer: Promise<unknown> | undefined;
  private readonly resolve: ((value: unknown) => void) | undefined;
  private readonly reject: ((error: unknown) => void) | undefined;

  constructor(chain: Chain, call: Call<unknown>, madeIn: readonly number[], awaited: boolean) {
    this.chain = chain;
    this.call = call;
    this.madeIn = madeIn;
    this.task = chain.life.task.index;
    this.answer = awaited ? new Promise(capture) : undefined;
    this.resolve = awaited ? captured.resolve : undefined;
    this.reject = awaited ? captured.reject : undefined;
  }

  get footprint(): Footprint {
    return this.call.footprint;
  }

  get due(): number | undefined {
    return this.call.due;
  }

  get late(): boolean {
    return this.answer === undefined;
  }

  /** Whether its task may crash at it. */
  get crashes(): boolean {
    return (this.chain.life.task.options.crashes ?? false) && this.call.crashes !== false;
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

  /** Has its effect, and the caller gets what comes of it. Another effect may be given that looks on. */
  perform(effect: () => unknown = this.call.execute): void {
    try {
      const answer = effect();
      if (this.resolve) this.resolve(answer);
      else void Promise.resolve(answer).catch(() => undefined); // late: nobody is there to hear of an error
    } catch (error) {
      this.reject?.(error);
    }
  }

  /** Has its effect, and the caller gets an error in any case. */
  loseReply(effect: () => unknown = this.call.execute): void {
    const lost = () => this.fail('after');
    try {
      void Promise.resolve(effect()).then(lost, lost);
    } catch {
      lost(); // what the call threw is lost as well
    }
  }

  fail(fault: 'before' | 'after'): void {
    this.reject?.(this.call.error?.(fault));
  }
}
