import type { MoveStep } from 'changeover/move';
import type { Clock } from 'changeover/std';
import type { Failure } from '../failure.ts';
import type { TextOutput } from '../text-output.ts';

/** What all events have. One may have more, which is written behind it. */
interface JsonEvent {
  readonly event: string;
  readonly job?: string | null;
  readonly step?: MoveStep | null;
}

/** The version of the format of every line. */
const FORMAT_VERSION = 1;

/**
 * The newline-delimited events of `--json`. Each begins with `v`, `event`, `time`, and `job` and `step`, or `migration` if
 * they are {@link about} one.
 */
export class JsonLines {
  readonly #output: TextOutput;
  readonly #clock: Clock;
  #job: string | null = null;
  #step: MoveStep | null = null;
  #migration: string | null | undefined;

  constructor(output: TextOutput, clock: Clock) {
    this.#output = output;
    this.#clock = clock;
  }

  get lagging(): boolean {
    return this.#output.lagging;
  }

  /** From now on events are about a live migration, and none about a job; null for all migrations. */
  about(migration: string | null): void {
    this.#migration = migration;
  }

  /** Takes note of the job and the step of an event, which need not be written. */
  follow({ event, job, step }: JsonEvent): void {
    if (job !== undefined) this.#job = job;
    if (step !== undefined) this.#step = step;
    if (event === 'stepFinished') this.#step = null;
  }

  /** An event that names no job or step is about the one that {@link follow} last noted, if any. */
  write({ event, job, step, ...rest }: JsonEvent, fields: object = {}): void {
    const time = new Date(this.#clock.now()).toISOString();
    const subject =
      this.#migration === undefined
        ? { job: job ?? this.#job, step: step ?? this.#step }
        : { migration: this.#migration };
    const line = { v: FORMAT_VERSION, event, time, ...subject, ...rest, ...fields };
    this.#output.line(JSON.stringify(line));
  }

  fail({ code, exit, message, hint }: Failure): void {
    this.write({ event: 'failed' }, { code, exit, message, hint });
  }
}
