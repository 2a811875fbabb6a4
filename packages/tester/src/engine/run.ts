import type { History, ViolationWindow } from '../history/index.ts';
import { Aside } from './aside.ts';
import { Chains } from './chains.ts';
import { checkAlways, stillMissing } from './conditions.ts';
import { contexts } from './contexts.ts';
import { Crew } from './crew.ts';
import { type Failure, type FailureKind, messageOf } from './failure.ts';
import { RemainingFaults } from './fault-budget.ts';
import { type Footprint, joined, nothing, reads, writes } from './footprint.ts';
import { OpenStep } from './open-step.ts';
import { overlong } from './overlong.ts';
import { Parked } from './parked.ts';
import { ParkedCall } from './parked-call.ts';
import type { Call, Finding, Parking } from './parking.ts';
import { pickCode } from './pick-code.ts';
import type { Fault } from './point.ts';
import { below, hashOf, mix, type Random, seededRandom } from './random.ts';
import { Scope } from './scope.ts';
import { shown } from './shown.ts';
import type { Stage } from './stage.ts';
import type { StepOrders } from './step-orders.ts';
import { ABANDON, type Strategy } from './strategy.ts';
import type { Chain, Incarnation, TaskState } from './task.ts';
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
  /** Tells the program from others in the fingerprint. */
  readonly identity?: number;
  readonly trace?: Trace;
  readonly orders?: StepOrders;
}

/** Faults come out of one budget, so that one may leave none for another. */
const SPENDS_FAULT = writes('#faults');
const MAY_BE_OVER = reads('#over');
const DRAWS = writes('#random');
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
  steps = 0;
  /** Tells schedules apart that differ in more than the order of independent steps. */
  fingerprint = 0;
  failure: Failure | undefined = undefined;
  surprised = false;
  /** The strategy gave it up: it had all been seen in another order. */
  abandoned = false;

  private readonly stage: Stage;
  private readonly strategy: Strategy;
  private readonly trace: Trace | undefined;
  private readonly swift: boolean;
  private readonly careful: boolean;
  private readonly crew = new Crew();
  private readonly parked = new Parked();
  private readonly chains: Chains;
  private readonly faults: RemainingFaults | undefined;
  private readonly aside = new Aside();
  private readonly checks: ((thoroughly: boolean) => Finding | undefined)[] = [];
  private phase: 'new' | 'setting-up' | 'starting' | 'running' | 'ending' | 'over' = 'new';
  /** What the tasks share, as `setup` made it. */
  private world: unknown = undefined;
  private readonly current = new OpenStep();
  /** The life that is being started. */
  private starting: Incarnation | undefined = undefined;
  /** Whose arrival the last release has yet to lead to, in a plain program. */
  private awaited: Incarnation | undefined = undefined;
  private time = 0;
  /** What was chosen in the running step besides the point: a fault, values. */
  private variant = 0;
  /** The step at which something was last completed. */
  private progressAt = 0;
  private randomness: Random | undefined = undefined;
  private fairness: Random | undefined = undefined;

  constructor(stage: Stage, options: RunOptions) {
    this.stage = stage;
    this.options = options;
    this.strategy = options.strategy;
    this.trace = options.trace;
    this.swift = options.mode === 'swift';
    this.careful = options.mode === 'careful';
    this.chains = new Chains(stage.chainIds);
    this.faults = stage.scenario.faults && new RemainingFaults(stage.scenario.faults);
  }

  get tasks(): readonly TaskState[] {
    return this.crew.tasks;
  }

  /** Goes on as far as is possible without letting promise callbacks run. False when the schedule is over. */
  advance(): boolean {
    switch (this.phase) {
      case 'new':
        return this.setUp();
      case 'setting-up':
        return this.settled('setup') && this.assemble() ? this.startNext() : this.finish();
      case 'starting':
        return this.startNext();
      case 'running':
        return this.step() || this.end();
      case 'ending':
        return this.settled('atEnd') ? this.check() : this.finish();
      case 'over':
        return false;
    }
  }

  fail(kind: FailureKind, message: string, more: Partial<Failure> = {}): void {
    this.failure ??= { kind, message, step: this.steps, ...more };
  }

  // ---- from setup to the end

  private setUp(): boolean {
    this.stage.fingerprint.reset();
    if (this.careful) contexts.enter();
    this.phase = 'setting-up';
    this.aside.run(
      () => this.stage.scenario.setup(new Scope(this), this.options.program),
      (world) => void (this.world = world),
      (error) => this.fail('error', messageOf(error), { error }),
    );
    return true;
  }

  private settled(part: string): boolean {
    if (!this.aside.settled) this.fail('uncontrolled', `${part} waits for something outside of control`);
    return this.failure === undefined;
  }

  private assemble(): boolean {
    this.phase = 'starting';
    try {
      this.crew.assemble(this.stage.scenario.tasks(this.world, this.options.program));
    } catch (error) {
      this.fail('error', messageOf(error), { error });
    }
    return this.failure === undefined;
  }

  /** Starts the tasks one by one, everyone parked in between, so that who arrives is the one that was started. */
  private startNext(): boolean {
    const next = this.crew.notStarted();
    if (next && !this.failure) {
      this.start(next);
      return true;
    }
    this.starting = undefined;
    this.trace?.began(this.shown());
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
    if (life.task.options.joins && this.awaits(life)) this.goesOnEarly(life);
    this.crew.leave(life, 'done');
    this.current.touch(life.task.ends);
    this.progress();
    this.arrived(life);
  }

  /** Nothing is left to release, or nothing more is wanted: looks at what the schedule has come to. */
  private end(): boolean {
    this.fingerprint = mix(this.stage.fingerprint.value, this.options.identity ?? 0);
    if (this.abandoned || this.surprised || this.failure) return this.finish();
    this.strategy.end?.(this.parked.enabled());
    this.judge();
    if (this.failure) return this.finish();
    if (!this.stage.scenario.atEnd) return this.check();
    this.phase = 'ending';
    this.aside.run(
      () => this.stage.scenario.atEnd?.(this.world, this.options.program),
      () => undefined,
      (error) => this.fail('at-end', messageOf(error), { error }),
    );
    return this.aside.settled ? this.check() : true;
  }

  private judge(): void {
    if (this.crew.atWork > 0) {
      const message = `nothing can go on, and these are unfinished: ${this.crew.unfinished().join(', ')}`;
      this.fail('deadlock', message, { details: this.crew.whereabouts(this.trace) });
      return;
    }
    const missing = this.missing();
    if (missing) this.fail('eventually', `"${missing}" never came, and nothing can go on`);
  }

  /** The last of all, since what is read at the end belongs to the histories too. */
  private check(): false {
    this.trace?.operations.stepped(this.steps + 1);
    for (const check of this.checks) {
      const found = check(this.trace !== undefined);
      if (found) this.fail(found.kind, found.message, found.details ? { details: found.details } : {});
    }
    return this.finish();
  }

  private finish(): false {
    if (this.careful) contexts.leave();
    this.phase = 'over';
    return false;
  }

  // ---- one step after the other

  /** Releases one point. False if there is none, or the schedule is over. */
  private step(): boolean {
    this.closeStep();
    if (this.awaited) this.surprised = true;
    if (this.surprised || this.isDone() || this.failure) return false;
    if (this.steps >= this.stage.maxSteps) return this.giveUp();
    const enabled = this.parked.enabled();
    if (enabled.length === 0) return false;
    const index = this.choosePoint(enabled);
    this.abandoned = index === ABANDON;
    if (!this.abandoned) this.release(enabled, index);
    return !this.abandoned;
  }

  private isDone(): boolean {
    return this.crew.atWork === 0 && !this.parked.holds && this.missing() === undefined;
  }

  private get fairNow(): boolean {
    return this.steps >= this.stage.fairAfter && this.strategy.fair;
  }

  /** The first condition that must come in the end, and has not. One that throws is a failure at once. */
  private missing(): string | undefined {
    try {
      return stillMissing(this.stage.scenario, this.world);
    } catch (error) {
      this.fail('eventually', messageOf(error), { error });
      return undefined;
    }
  }

  private choosePoint(enabled: readonly ParkedCall[]): number {
    if (!this.fairNow) return this.strategy.pick(enabled);
    this.fairness ??= seededRandom(mix(this.options.seed, 2));
    return below(this.fairness, enabled.length);
  }

  private chooseFault(point: ParkedCall, faults: RemainingFaults): Fault | undefined {
    // When everyone is to get on, nothing more goes wrong.
    const possible = this.fairNow ? [] : faults.of(point);
    const fault = possible.length > 0 ? this.strategy.fault(point, possible) : undefined;
    if (fault) faults.spend(fault);
    return fault;
  }

  private release(enabled: readonly ParkedCall[], index: number): void {
    const point = enabled[index] as ParkedCall;
    const { chain } = point;
    const fault = this.faults && this.chooseFault(point, this.faults);
    this.picks.push(pickCode(enabled, index, fault));
    this.parked.remove(point);
    this.steps++;
    this.variant = fault ? hashOf(fault) : 0;
    this.current.begin(point);
    chain.parked = false;
    chain.released++;
    chain.life.task.last = point;
    this.touchBranches(point, fault);
    this.chains.stepOf(chain);
    this.trace?.released(point, fault);
    if (point.due !== undefined) this.time = Math.max(this.time, point.due);
    if (!this.careful && point.answers) this.awaited = chain.life;
    const effect = this.effectOf(point);
    if (fault) this.meet(point, fault, effect);
    else point.perform(effect);
  }

  /** What releasing the point does, if somebody is to look on. */
  private effectOf(point: ParkedCall): (() => unknown) | undefined {
    const { trace } = this;
    const { execute, refused } = point.call;
    const effect = refused ? () => this.narrowedIfRefused(point, refused) : execute;
    if (trace) return () => trace.watch(point, effect);
    return refused && effect;
  }

  private narrowedIfRefused(point: ParkedCall, refused: Footprint): unknown {
    const narrow = () => {
      // A call that makes calls itself may be refused in a step of theirs: that one has touched what it says.
      if (this.current.point === point) this.current.narrow(refused);
    };
    try {
      const answer = point.call.execute();
      if (answer instanceof Promise) answer.catch(narrow);
      return answer;
    } catch (error) {
      narrow();
      throw error;
    }
  }

  /** The step has run to its end: accounts for it. */
  private closeStep(): void {
    const { point } = this.current;
    if (!point) return;
    const { scenario, fingerprint } = this.stage;
    // A schedule is over without daemons and timers that call back: what they do comes before what ends it, or not at all.
    if (!point.holds) this.current.touch(MAY_BE_OVER);
    else if (point.chain.life.state !== 'running') this.current.touch(point.chain.life.task.ends);
    let footprint = this.current.footprint(point);
    if (scenario.always) {
      const { broken, error, touches } = checkAlways(scenario, this.world, footprint);
      if (broken) this.fail('always', broken, { error });
      this.current.touch(touches);
      footprint = joined(footprint, touches);
    }
    const { joins } = this.current;
    const besides = joins.length > 0 ? this.current.besides() : nothing;
    this.current.end();
    fingerprint.add(mix(mix(point.chain.hash, point.chain.released), this.variant), footprint);
    this.strategy.executed?.(point, footprint);
    if (joins.length > 0) this.strategy.joined?.(joins, besides);
    this.options.orders?.closed(point, footprint);
    this.trace?.closed(footprint, this.steps, this.shown());
  }

  /** What the scenario shows of its world, if somebody will look at it. */
  private shown(): string | undefined {
    const { scenario } = this.stage;
    return this.trace && scenario.show && shown(() => scenario.show?.(this.world));
  }

  private giveUp(): false {
    const { kind, message } = overlong(this.stage, {
      fair: this.strategy.fair,
      unfinished: this.crew.unfinished(),
      progressAt: this.progressAt,
      missing: this.missing(),
    });
    this.fail(kind, message, { details: this.crew.whereabouts(this.trace) });
    return false;
  }

  // ---- who arrives

  park<T>(call: Call<T>): Promise<T> {
    if (this.phase === 'over') return never();
    const scheduled = this.phase === 'running' || this.phase === 'starting';
    if (!scheduled) return new Promise((resolve) => resolve(call.execute()));
    const life = this.running();
    if (!life || life.state === 'crashed') return never();
    const point = this.parkedIn(life, call as Call<unknown>);
    if (!point) return never();
    this.trace?.parked(point);
    this.options.orders?.parked(point);
    this.parked.add(point);
    if (this.phase === 'starting' && life.chains.length > 1) this.surprised = !this.careful;
    if (point.answers) this.arrived(life);
    return point.answer as Promise<T>;
  }

  private parkedIn(life: Incarnation, call: Call<unknown>): ParkedCall | undefined {
    const { options } = life.task;
    if (!options.joins) return new ParkedCall(this.chains.of(life), call, [this.steps], true);
    // A timer that calls back is a line of control of its own: nobody awaits it.
    if (call.holds === false) return new ParkedCall(this.chains.aside(life), call, [this.steps], true);
    if (life.fork.step !== this.steps && this.awaits(life)) {
      this.goesOnEarly(life);
      return undefined;
    }
    // Woken by another's step: had that come before an answer, a task that does not join would have gone on early.
    if (this.current.point?.chain.life.task !== life.task) this.current.touch(life.task.shared);
    const chain = this.chains.joined(life, this.steps);
    return new ParkedCall(chain, call, life.fork.madeIn, true);
  }

  /** Branches of a task share what the task knows: which answered first (`Promise.race`), which were before its crash. */
  private touchBranches({ chain, late, answers }: ParkedCall, fault: Fault | undefined): void {
    const { life } = chain;
    const { task, fork } = life;
    const joins = answers && fault !== 'crash' && fault !== 'crash-late';
    if (!task.options.joins) {
      if (life.chains.length > 1) this.current.touch(task.shared);
    } else if (joins) {
      this.current.touch(task.joined);
      if (!this.awaits(life)) this.current.joins = [...fork.answered];
      fork.answered.push(this.steps);
    } else if (!late) {
      this.current.touch(task.shared);
    }
  }

  private goesOnEarly({ task: { name } }: Incarnation): void {
    const message = `${name} is said to join its branches, and goes on before all have answered`;
    this.fail('error', message, { task: name });
  }

  /** Whether it waits for the answer to a call that is parked. */
  private awaits(life: Incarnation): boolean {
    return this.parked.all().some(({ chain, answers }) => chain.life === life && answers);
  }

  unpark(call: object): void {
    const point = this.parked.all().find((each) => each.call === call);
    if (!point) return;
    this.parked.remove(point);
    this.strategy.cancelled?.(point);
  }

  running(): Incarnation | undefined {
    const byStep = this.current.point?.chain.life ?? this.starting;
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

  private meet(point: ParkedCall, fault: Fault, effect: (() => unknown) | undefined): void {
    this.current.touch(SPENDS_FAULT);
    if (fault !== 'after' && fault !== 'duplicate') this.current.narrow(nothing);
    switch (fault) {
      case 'before':
        return point.fail('before');
      case 'after':
        return point.loseReply(effect);
      case 'duplicate':
        this.deliverLate(point);
        return point.perform(effect);
      case 'crash':
        return this.crash(point.chain);
      case 'crash-late':
        this.deliverLate(point);
        return this.crash(point.chain);
    }
  }

  /** The call is under way once more, and nobody waits for it. */
  private deliverLate(point: ParkedCall): void {
    const { chain, call } = point;
    const late = new ParkedCall(this.chains.branch(chain.life), call, [this.steps], false);
    this.trace?.postponed(point, late);
    this.parked.add(late);
  }

  private crash({ life }: Chain): void {
    const { task } = life;
    for (const point of this.parked.all()) {
      if (point.chain.life === life && !point.late) this.parked.remove(point);
    }
    this.crew.leave(life, 'crashed');
    this.progress();
    this.surprised = !this.careful;
    if (!task.options.restart) return;
    this.crew.revive(task);
    this.start(task);
  }

  // ---- what the code under test does besides

  touch(footprint: Footprint): void {
    this.current.touch(footprint);
  }

  narrow(footprint: Footprint): void {
    this.current.narrow(footprint);
  }

  accessed(access: Footprint): void {
    if (!this.stage.auditing) return;
    const undeclared = this.current.undeclared(access);
    const task = this.current.point?.chain.life.task.name;
    if (undeclared !== undefined) this.fail('audit', undeclared, task === undefined ? {} : { task });
  }

  progress(): void {
    this.progressAt = this.steps;
  }

  operates(life: Incarnation, kind: (() => string) | undefined): void {
    if (kind) this.options.orders?.began(life, kind());
    else this.options.orders?.ended(life);
  }

  checkAtEnd(check: (thoroughly: boolean) => Finding | undefined): void {
    this.checks.push(check);
  }

  keeps(history: History<unknown, unknown>): void {
    this.trace?.operations.watch(history);
  }

  unexplained(history: History<unknown, unknown>, window: ViolationWindow<unknown, unknown>): void {
    this.trace?.operations.blame(history, window);
  }

  now(): number {
    return this.time;
  }

  choose(count: number): number {
    const value = this.strategy.choose(count);
    this.choices.push(value);
    this.variant = mix(this.variant, value + 1);
    return value;
  }

  random(): number {
    // One sequence for all: who draws first gets another number.
    this.current.touch(DRAWS);
    this.randomness ??= seededRandom(mix(this.options.seed, 1));
    return this.randomness();
  }
}

/** Who waits for this is not heard of again. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}
