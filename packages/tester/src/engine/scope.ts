import type { Model } from '../history/index.ts';
import { type Controlled, controlled } from './controlled.ts';
import { everything, type Footprint } from './footprint.ts';
import { observed } from './observed.ts';
import type { Call, Parking } from './parking.ts';
import { type HistoryOptions, RecordedHistory } from './recorded-history.ts';
import { sleeper } from './sleeper.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What `setup` is handed: the means to bring everything that tasks share under the tester's control. */
export class Scope {
  readonly clock: VirtualClock;
  private readonly parking: Parking;

  constructor(parking: Parking) {
    this.parking = parking;
    this.clock = sleeper(parking);
  }

  /** The same object, but each call parks until the schedule releases it, and takes effect at that instant. */
  controlled<T extends object>(target: T, options?: Controlled<T>): T {
    return controlled(this.parking, target, options);
  }

  /** A single point: parks, and runs `effect` when it is released. */
  point<T>(label: string, footprint: Footprint, effect: () => T | PromiseLike<T>): Promise<T> {
    return this.parking.park({ label, footprint, execute: effect });
  }

  /** Any call, with all that can be said of it. */
  call<T>(call: Call<T>): Promise<T> {
    return this.parking.park(call);
  }

  /** Anything may happen here. */
  yield(label = 'yield', footprint: Footprint = everything): Promise<void> {
    return this.parking.park({ label, footprint, execute: () => undefined });
  }

  /** Tells the reduction that the running step touches shared state, where no call's footprint says so. */
  touch(footprint: Footprint): void {
    this.parking.touch(footprint);
  }

  /** Tells the reduction that the running call came to no more than this, of all that its footprint says: it was refused. */
  narrow(footprint: Footprint): void {
    this.parking.narrow(footprint);
  }

  /** The object, and everything below it, telling the audit what is really read and written, as places below `place`. */
  observed<T extends object>(target: T, place: string): T {
    return observed(this.parking, target, place);
  }

  /** A history of operations, which is checked against the model when the schedule is over. */
  history<State, Input, Output>(
    model: Model<State, Input, Output>,
    options: HistoryOptions<Input> = {},
  ): RecordedHistory<State, Input, Output> {
    return new RecordedHistory(this.parking, model, options);
  }

  /** One of `count` values, searched like the order of the calls. */
  choose(count: number): number {
    return this.parking.choose(count);
  }

  /** A number in [0, 1), the same one in every run of this schedule. */
  random(): number {
    return this.parking.random();
  }
}
