import { LOG_WORDS, RoundLog } from './round-log.ts';

/** Nothing is known to fail; no round in which the time was up. */
const NONE = 2 ** 31 - 1;

/** Schedules that are run in one go by one thread: as many as a mix of strategies has turns, so that no thread has only one. */
const CHUNK = 8;

/** The memory that the threads of a search have in common; it can be handed to them. */
export interface CommonMemory {
  readonly state: Int32Array;
  readonly log: Int32Array;
}

export function commonMemory(kind: typeof SharedArrayBuffer | typeof ArrayBuffer): CommonMemory {
  const words = (count: number) => new Int32Array(new kind(count * Int32Array.BYTES_PER_ELEMENT));
  const state = words(4);
  state[LOWEST] = state[TIME_UP] = NONE;
  return { state, log: words(LOG_WORDS) };
}

/** Where the lowest stands that is known to fail: what comes after it need not be searched. */
export const LOWEST = 0;
const TIME_UP = 1;
const ARRIVED = 2;
const MEETINGS = 3;

/** One of the threads of a search. */
export interface TeamMember {
  readonly index: number;
  readonly count: number;
  readonly common: CommonMemory;
}

/** The threads that run a sampling search together, as one of them sees it. One alone is a team too. */
export class Team {
  readonly log: RoundLog;
  private readonly state: Int32Array;
  private readonly index: number;
  private readonly count: number;
  private readonly timeIsUp: () => boolean;

  constructor({ index, count, common }: TeamMember, timeIsUp: () => boolean) {
    this.state = common.state;
    this.log = new RoundLog(common.log);
    this.index = index;
    this.count = count;
    this.timeIsUp = timeIsUp;
  }

  /** Whether the schedule is run here. */
  owns(schedule: number): boolean {
    return Math.floor(schedule / CHUNK) % this.count === this.index;
  }

  /** The lowest schedule that is known to fail: later ones need not be run. */
  get lowest(): number {
    return Atomics.load(this.state, LOWEST);
  }

  /** This one failed. */
  failed(schedule: number): void {
    lower(this.state, LOWEST, schedule);
  }

  /** Whether the time is up; all will end with this round. */
  outOfTime(round: number): boolean {
    const is = this.timeIsUp();
    if (is) lower(this.state, TIME_UP, round);
    return is;
  }

  /** Whether the time was up in this round, for any of them. To be asked when they have met. */
  ranOutOfTime(round: number): boolean {
    // One that has gone on may be out of time in the next round already: that is not to be seen here.
    return Atomics.load(this.state, TIME_UP) <= round;
  }

  /** Waits until everyone has come here: what they have written can be read then. */
  meet(): void {
    const { state, count } = this;
    const meeting = Atomics.load(state, MEETINGS);
    if (Atomics.add(state, ARRIVED, 1) === count - 1) {
      Atomics.store(state, ARRIVED, 0);
      Atomics.add(state, MEETINGS, 1);
      Atomics.notify(state, MEETINGS);
      return;
    }
    while (Atomics.load(state, MEETINGS) === meeting) Atomics.wait(state, MEETINGS, meeting);
  }
}

export function lower(state: Int32Array, at: number, value: number): void {
  for (let known = Atomics.load(state, at); value < known; known = Atomics.load(state, at)) {
    Atomics.compareExchange(state, at, known, value);
  }
}
