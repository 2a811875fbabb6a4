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

/** The newline-delimited events of `--json`. Each begins with `v`, `event`, `time`, `job` and `step`. */
export class JsonLines {
  readonly #output: TextOutput;
  readonly #clock: Clock;
  #job: string | null = null;
  #step: MoveStep | null = null;

  constructor(output: TextOutput, clock: Clock) {
    this.#output = output;
    this.#clock = clock;
  }

  get lagging(): boolean {
    return this.#output.lagging;
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
    const line = {
      v: FORMAT_VERSION,
      event,
      time,
      job: job ?? this.#job,
      step: step ?? this.#step,
      ...rest,
      ...fields,
    };
    this.#output.line(JSON.stringify(line));
  }

  fail({ code, exit, message, hint }: Failure): void {
    this.write({ event: 'failed' }, { code, exit, message, hint });
  }
}
