import { Chains } from './chains.ts';
import { checkAlways, stillMissing } from './conditions.ts';
import { contexts } from './contexts.ts';
import { type Failure, type FailureKind, messageOf } from './failure.ts';
import { RemainingFaults } from './fault-budget.ts';
import { covers, describeFootprint, type Footprint, joined, writes } from './footprint.ts';
import { overlong } from './overlong.ts';
import { Parked } from './parked.ts';
import { ParkedCall } from './parked-call.ts';
import type { Call, Finding, Parking } from './parking.ts';
import { pickCode } from './pick-code.ts';
import type { Fault } from './point.ts';
import { below, mix, type Random, seededRandom } from './random.ts';
import { Scope } from './scope.ts';
import type { Stage } from './stage.ts';
import { ABANDON, type Strategy } from './strategy.ts';
import { type Chain, type Incarnation, TaskState } from './task.ts';
import type { Trace } from './trace.ts';

/**
 * Whoever arrives (parks, or ends) is, in a plain program, the one that was released last, and nobody else: each release
 * leads to one arrival of its own task. Most programs are plain, and what is plain can be run faster.
 * - `swift`: the next release follows upon the arrival at once, from within the promise callbacks.
 * - `steady`: everyone is really parked before the next release, whatever arrived.
 * - `careful`: likewise, and who arrives is told by the asynchronous context. For programs that are not plain.
 *
 * In the first two, a run in which a release does not lead to one arrival is `surprised`, and worth nothing.
 */
export type Mode = 'swift' | 'steady' | 'careful';

/** How a run is to be made. */
export interface RunOptions {
  readonly program: unknown;
  readonly strategy: Strategy;
  readonly mode: Mode;
  /** Of what the code under test draws, not of the schedule. */
  readonly seed: number;
  readonly trace?: Trace;
}

/** Faults come out of one budget, so that one may leave none for another. */
const SPENDS_FAULT = writes('#faults');
const READY = Promise.resolve();

/**
 * One schedule, from `setup` to the end. Whoever drives it calls `advance` again and again, and sees to it in between
 * that everyone is parked.
 */
export class Run implements Parking {
  readonly options: RunOptions;
  /** The choices that were made, so that they can be made again: points by task, and values. */
  readonly picks: number[] = [];
  readonly choices: number[] = [];
  readonly tasks: TaskState[] = [];
  steps = 0;
  /** Tells schedules apart that differ in more than the order of independent steps. */
  fingerprint = 0;
  failure: Failure | undefined = undefined;
  surprised = false;
  /** The strategy gave it up: it had all been seen in another order. */
  abandoned = false;
  /** What the tasks share, as `setup` made it. */
  world: unknown = undefined;

  private readonly stage: Stage;
  private readonly swift: boolean;
  private readonly careful: boolean;
  private readonly checks: ((thoroughly: boolean) => Finding | undefined)[] = [];
  private readonly parked = new Parked();
  private readonly chains: Chains;
  private readonly faults: RemainingFaults;
  private phase: 'new' | 'setting-up' | 'starting' | 'running' | 'ending' | 'over' = 'new';
  /** A part of the scenario outside of the schedule that has not settled. */
  private unsettled = false;
  /** How many tasks the schedule waits for. */
  private alive = 0;
  private time = 0;
  /** The point whose step runs, and what the step touched beyond the point's footprint. */
  private current: ParkedCall | undefined = undefined;
  private touched: Footprint[] = [];
  /** The life that is being started. */
  private starting: Incarnation | undefined = undefined;
  /** Whose arrival the last release has yet to lead to, in a plain program. */
  private awaited: Incarnation | undefined = undefined;
  /** The step at which something was last completed. */
  private progressAt = 0;
  private randomness: Random | undefined = undefined;
  private fairness: Random | undefined = undefined;

  constructor(stage: Stage, options: RunOptions) {
    this.stage = stage;
    this.options = options;
    this.swift = options.mode === 'swift';
    this.careful = options.mode === 'careful';
    this.chains = new Chains(stage.chainIds);
    this.faults = new RemainingFaults(stage.scenario.faults);
  }

  /** Goes on as far as is possible without letting promise callbacks run. False when the schedule is over. */
  advance(): boolean {
    switch (this.phase) {
      case 'new':
        return this.setUp();
      case 'setting-up':
        return this.settled('setup') ? this.introduce() && this.startNext() : this.finish();
      case 'starting':
        return this.startNext();
      case 'running':
        return this.step() || this.end();
      case 'ending':
        this.settled('atEnd');
        return this.finish();
      case 'over':
        return false;
    }
  }

  fail(kind: FailureKind, message: string, more: Partial<Failure> = {}): void {
    this.failure ??= { kind, message, step: this.steps, ...more };
  }

  progress(): void {
    this.progressAt = this.steps;
  }

  // ---- from setup to the end

  private setUp(): boolean {
    this.stage.fingerprint.reset();
    if (this.careful) contexts.enter();
    this.phase = 'setting-up';
    const { scenario } = this.stage;
    this.outside(
      'error',
      () => scenario.setup(new Scope(this), this.options.program),
      (world) => {
        this.world = world;
      },
    );
    return true;
  }

  private introduce(): boolean {
    this.phase = 'starting';
    try {
      const bodies = this.stage.scenario.tasks(this.world, this.options.program);
      for (const [name, body] of Object.entries(bodies))
        this.tasks.push(new TaskState(name, this.tasks.length, body));
    } catch (error) {
      this.fail('error', messageOf(error), { error });
      return this.finish();
    }
    this.alive = this.tasks.filter(({ unfinished }) => unfinished).length;
    return true;
  }

  /** Starts the tasks one by one, everyone parked in between, so that who arrives is the one that was started. */
  private startNext(): boolean {
    const next = this.tasks.find(({ life }) => life.state === 'new');
    if (next && !this.failure) {
      this.start(next);
      return true;
    }
    this.starting = undefined;
    this.phase = 'running';
    return this.step() || this.end();
  }

  private start(task: TaskState): void {
    const { life } = task;
    this.starting = life;
    const ending = this.careful ? contexts.run(life, () => task.begin()) : task.begin();
    ending.then(
      () => this.ended(life),
      (error: unknown) => {
        if (life.state === 'running') this.fail('error', messageOf(error), { task: task.name, error });
        this.ended(life);
      },
    );
  }

  private ended(life: Incarnation): void {
    if (life.state !== 'running') return;
    this.leave(life, 'done');
    this.arrived(life);
  }

  private leave(life: Incarnation, state: 'done' | 'crashed'): void {
    life.state = state;
    if (!life.task.options.daemon) this.alive--;
    this.progress();
  }

  /** Nothing is left to release, or nothing more is wanted: looks at what the schedule has come to. */
  private end(): boolean {
    this.fingerprint = this.stage.fingerprint.value;
    this.options.strategy.end?.(this.parked.enabled());
    if (this.abandoned || this.surprised || this.failure) return this.finish();
    const { scenario } = this.stage;
    if (this.alive > 0) {
      const names = this.unfinished().join(', ');
      this.fail('deadlock', `nothing can go on, and these are unfinished: ${names}`, {
        details: this.waiting(),
      });
      return this.finish();
    }
    const missing = stillMissing(scenario, this.world);
    if (missing) {
      this.fail('eventually', `"${missing}" never came, and nothing can go on`);
      return this.finish();
    }
    for (const check of this.checks) {
      const found = check(this.options.trace !== undefined);
      if (found) this.fail(found.kind, found.message, found.details ? { details: found.details } : {});
    }
    if (this.failure) return this.finish();
    this.phase = 'ending';
    if (!scenario.atEnd) return this.finish();
    this.outside('at-end', () => scenario.atEnd?.(this.world, this.options.program));
    return this.unsettled || this.finish();
  }

  private finish(): false {
    if (this.careful) contexts.leave();
    this.phase = 'over';
    return false;
  }

  /** Runs a part of the scenario that does not belong to the schedule. It may be asynchronous, but not wait for others. */
  private outside<T>(kind: FailureKind, part: () => T | PromiseLike<T>, then?: (value: T) => void): void {
    const failed = (error: unknown) => {
      this.unsettled = false;
      this.fail(kind, messageOf(error), { error });
    };
    const settled = (value: T) => {
      this.unsettled = false;
      then?.(value);
    };
    try {
      const value = part();
      this.unsettled = isThenable(value);
      if (isThenable(value)) value.then(settled, failed);
      else settled(value);
    } catch (error) {
      failed(error);
    }
  }

  private settled(part: string): boolean {
    if (this.unsettled) this.fail('uncontrolled', `${part} waits for something outside of control`);
    return this.failure === undefined;
  }

  // ---- one step after the other

  /** Releases one point. False if there is none, or the schedule is over. */
  private step(): boolean {
    this.closeStep();
    if (this.awaited) this.surprised = true;
    if (this.failure || this.surprised || this.isDone()) return false;
    if (this.steps >= this.stage.maxSteps) return this.tooLong();
    const enabled = this.parked.enabled();
    if (enabled.length === 0) return false;
    const index = this.choosePoint(enabled);
    this.abandoned = index === ABANDON;
    if (this.abandoned) return false;
    this.release(enabled, index);
    return true;
  }

  private isDone(): boolean {
    return this.alive === 0 && !this.parked.holds && !stillMissing(this.stage.scenario, this.world);
  }

  private choosePoint(enabled: readonly ParkedCall[]): number {
    const { strategy, seed } = this.options;
    if (!strategy.fair || this.steps < this.stage.fairAfter) return strategy.pick(enabled);
    this.fairness ??= seededRandom(mix(seed, 2));
    return below(this.fairness, enabled.length);
  }

  private release(enabled: readonly ParkedCall[], index: number): void {
    const point = enabled[index] as ParkedCall;
    const { chain } = point;
    const faults = this.faults.of(point);
    const fault = faults.length > 0 ? this.options.strategy.fault(point, faults) : undefined;
    this.picks.push(pickCode(enabled, index, fault));
    this.parked.remove(point);
    this.steps++;
    this.current = point;
    chain.parked = false;
    chain.released++;
    chain.life.task.last = point;
    this.chains.stepOf(chain);
    this.options.trace?.released(point, fault);
    if (point.due !== undefined) this.time = Math.max(this.time, point.due);
    if (!this.careful && point.answers) this.awaited = chain.life;
    if (fault) this.meet(point, fault);
    else point.perform();
  }

  /** The step has run to its end: accounts for it. */
  private closeStep(): void {
    const point = this.current;
    if (!point) return;
    const { scenario, fingerprint } = this.stage;
    let footprint = this.touched.length > 0 ? joined(point.footprint, ...this.touched) : point.footprint;
    if (scenario.always) {
      const { broken, error, touches } = checkAlways(scenario, this.world, footprint);
      if (broken) this.fail('always', broken, { error });
      footprint = joined(footprint, touches);
    }
    this.current = undefined;
    if (this.touched.length > 0) this.touched = [];
    fingerprint.add(mix(point.chain.hash, point.chain.released), footprint);
    this.options.strategy.executed?.(point, footprint);
    this.options.trace?.closed(footprint);
  }

  private tooLong(): false {
    const { kind, message } = overlong(this.stage, {
      fair: this.options.strategy.fair,
      unfinished: this.unfinished(),
      progressAt: this.progressAt,
      missing: stillMissing(this.stage.scenario, this.world),
    });
    this.fail(kind, message, { details: this.waiting() });
    return false;
  }

  private unfinished(): string[] {
    return this.tasks.filter((task) => task.unfinished).map(({ name }) => name);
  }

  /** Where each unfinished task stands. */
  private waiting(): string[] {
    return this.tasks
      .filter((task) => task.unfinished)
      .map(({ name, last }) => {
        if (!last) return `${name} has not come to its first call`;
        const answered = this.options.trace?.hasAnswered(last) ?? false;
        return `${name} ${answered ? 'went on after' : 'waits for the answer to'} ${last.label()}`;
      });
  }

  // ---- who arrives

  park<T>(call: Call<T>): Promise<T> {
    if (this.phase === 'over') return never();
    const scheduled = this.phase === 'running' || this.phase === 'starting';
    if (!scheduled) return new Promise((resolve) => resolve(call.execute()));
    const life = this.running();
    if (!life || life.state === 'crashed') return never();
    const chain = this.chains.of(life);
    const answer = new Promise<unknown>(capture);
    const point = new ParkedCall(chain, call as Call<unknown>, this.steps, captured.resolve, captured.reject);
    const { trace } = this.options;
    if (trace) {
      trace.parked(point);
      point.watch = (watched, effect) => trace.watch(watched, effect);
    }
    chain.parked = true;
    this.parked.add(point);
    if (this.phase === 'starting' && life.chains.length > 1) this.surprised = !this.careful;
    if (point.answers) this.arrived(life);
    return answer as Promise<T>;
  }

  unpark(call: object): void {
    const point = this.parked.all().find((each) => each.call === call);
    if (point) this.parked.remove(point);
  }

  running(): Incarnation | undefined {
    const byStep = this.current?.chain.life ?? this.starting;
    return this.careful ? (contexts.current() ?? byStep) : byStep;
  }

  /** Somebody has come to a halt: in a plain program the one that the last release was for. */
  private arrived(life: Incarnation): void {
    if (this.careful || this.phase !== 'running') return;
    if (this.awaited !== life) {
      this.surprised = true;
      return;
    }
    this.awaited = undefined;
    // Not here: the caller may still have something to do before it awaits.
    if (this.swift) void READY.then(this.goOn);
  }

  private readonly goOn = (): void => {
    if (this.phase === 'running') this.step();
  };

  // ---- faults

  private meet(point: ParkedCall, fault: Fault): void {
    this.faults.spend(fault);
    this.touched.push(SPENDS_FAULT);
    switch (fault) {
      case 'before':
        return point.fail('before');
      case 'after':
        return point.loseReply();
      case 'duplicate':
        this.deliverLate(point);
        return point.perform();
      case 'crash':
        return this.crash(point.chain);
      case 'crash-late':
        this.deliverLate(point);
        return this.crash(point.chain);
    }
  }

  /** The call is under way once more, and nobody waits for it. */
  private deliverLate({ chain, call }: ParkedCall): void {
    const copy = new ParkedCall(this.chains.branch(chain.life), call, this.steps);
    copy.chain.parked = true;
    this.parked.add(copy);
  }

  private crash({ life }: Chain): void {
    const { task } = life;
    for (const point of this.parked.all()) {
      if (point.chain.life === life && point.answers) this.parked.remove(point);
    }
    this.leave(life, 'crashed');
    this.surprised = !this.careful;
    if (!task.options.restart) return;
    task.nextLife();
    if (task.unfinished) this.alive++;
    this.start(task);
  }

  // ---- what the running step does besides

  touch(footprint: Footprint): void {
    if (this.current) this.touched.push(footprint);
  }

  accessed(access: Footprint): void {
    const { current } = this;
    if (!this.stage.auditing || !current) return;
    const declared = joined(current.footprint, ...this.touched);
    const hidden = access.accesses.find((each) => !covers(declared, each));
    if (!hidden) return;
    const what = `${hidden.write ? 'writes' : 'reads'} ${hidden.place.path}`;
    const said = `the step of ${current.label()} ${what}, and declares: ${describeFootprint(declared)}`;
    this.fail('audit', said, { task: current.chain.life.task.name });
  }

  checkAtEnd(check: (thoroughly: boolean) => Finding | undefined): void {
    this.checks.push(check);
  }

  now(): number {
    return this.time;
  }

  choose(count: number): number {
    const value = this.options.strategy.choose(count);
    this.choices.push(value);
    return value;
  }

  random(): number {
    this.randomness ??= seededRandom(mix(this.options.seed, 1));
    return this.randomness();
  }
}

/** One executor for all promises: it runs at once, so that what it was given can be fetched from here. */
const captured = { resolve: (_: unknown): void => undefined, reject: (_: unknown): void => undefined };
const capture = (resolve: (value: unknown) => void, reject: (error: unknown) => void): void => {
  captured.resolve = resolve;
  captured.reject = reject;
};

/** Who waits for this is not heard of again. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}

function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
