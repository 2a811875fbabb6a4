import type { ControlStore, FailureDetector, Session } from '../control/index.ts';
import { type Found, type OpenPlaces, type Places, workersFence } from '../cutover/index.ts';
import { guardedBy } from '../live/index.ts';
import { type Clock, isCode } from '../std/index.ts';
import { compareText } from '../table/index.ts';
import { Pace } from './pace.ts';
import { partitionsInOrder } from './partitions-in-order.ts';
import { persistently } from './persistently.ts';
import { type Counts, listShards, plus, type Shard, type Task, writeShard } from './task.ts';
import { workOnPartition } from './work-on-partition.ts';

/** How often is written down how far a shard has come. */
const KEEP_MS = 500;
/** So many differences are kept with a shard, to show. All of them are counted. */
const EXAMPLES = 20;

export interface WorkerOptions {
  readonly control: ControlStore;
  readonly clock: Clock;
  readonly detector: FailureDetector;
  readonly places: Places;
  readonly opened: OpenPlaces;
  readonly session: Session;
  readonly pace: Pace;
  /** The shards that this session works on at the moment: what it has taken, and is not here, it has broken off. */
  readonly atWork: Set<number>;
}

/** Works on shards of a task, one after the other, until there is none left to take. */
export async function workOnTask(options: WorkerOptions, task: Task, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const shard = await takeShard(options, task);
    if (!shard) return;
    try {
      await new ShardRun(options, task, shard, signal).run();
    } finally {
      options.atWork.delete(shard.value.number);
    }
  }
}

/**
 * Takes a shard that nobody works on: a new one, one of a worker who died, or one that we have broken off ourselves. Undefined
 * if there is none.
 */
async function takeShard(options: WorkerOptions, task: Task): Promise<Found<Shard> | undefined> {
  const { control, places, session, pace, atWork } = options;
  const others = await livingOthers(options);
  const open = (await listShards(control, places.name, task)).filter(({ value }) => !value.done);
  const taken = open.filter(({ value }) => value.session !== null && others.has(value.session));
  pace.share(new Set([session.id, ...taken.map(({ value }) => value.session)]).size);
  for (const shard of open.filter((each) => !taken.includes(each))) {
    const { number } = shard.value;
    if (atWork.has(number)) continue;
    // Before anything is awaited, so that no other of our own takes it, too.
    atWork.add(number);
    try {
      return await writeShard(control, places.name, { ...shard.value, session: session.id }, shard.revision);
    } catch (error) {
      atWork.delete(number);
      // Another worker was faster; there are more shards.
      if (!isCode(error, 'LIVE_OVERTAKEN')) throw error;
    }
  }
  return undefined;
}

/** The sessions that live beside ours. Those that do not are ended: who had one writes nothing down for its shard any more. */
async function livingOthers({ control, detector, session }: WorkerOptions): Promise<ReadonlySet<string>> {
  const living = new Set<string>();
  for (const each of await control.sessions()) {
    if (each.id !== session.id && !(await detector.bury(control, each))) living.add(each.id);
  }
  return living;
}

/** One worker's run over the rest of a shard. */
class ShardRun {
  readonly #options: WorkerOptions;
  readonly #task: Task;
  readonly #signal: AbortSignal;
  #kept: Found<Shard>;
  #shard: Shard;
  #keptAtMs: number;

  constructor(options: WorkerOptions, task: Task, shard: Found<Shard>, signal: AbortSignal) {
    this.#options = options;
    this.#task = task;
    this.#signal = signal;
    this.#kept = shard;
    this.#shard = shard.value;
    this.#keptAtMs = options.clock.monotonic();
  }

  async run(): Promise<void> {
    const { opened, places, pace, clock } = this.#options;
    const task = this.#task;
    const signal = this.#signal;
    const sides = guardedBy(opened.sides, workersFence(places, task.phase));
    const work = {
      sides,
      task,
      signal,
      admit: async (rows: number) => {
        await pace.admit(rows, signal);
        await this.#keep();
      },
      onDifference: async (difference: Shard['examples'][number]) => {
        const { examples } = this.#shard;
        if (examples.length < EXAMPLES) this.#shard = { ...this.#shard, examples: [...examples, difference] };
      },
    };
    for await (const partitionKey of this.#partitions()) {
      await pace.admit(0, signal);
      const counts: Partial<Counts> = await persistently(clock, signal, () =>
        workOnPartition(work, partitionKey),
      );
      const all = plus(this.#shard.counts, { ...counts, partitions: 1 });
      this.#shard = { ...this.#shard, cursor: partitionKey, counts: all };
      await this.#keep();
    }
    this.#shard = { ...this.#shard, done: true };
    await this.#write();
  }

  /** The partitions of the shard behind its cursor, on either side, in order. */
  async *#partitions(): AsyncGenerator<string> {
    const { sides } = this.#options.opened;
    const { after, through, cursor } = this.#kept.value;
    const { range } = this.#task;
    const from = later(later(after, cursor), range?.from ?? null);
    const to = earlier(through, range?.through ?? null);
    const bounds = { ...(from === null ? {} : { from }), ...(to === null ? {} : { through: to }) };
    const behind = later(after, cursor);
    for await (const partitionKey of partitionsInOrder(sides, { ...bounds, signal: this.#signal })) {
      if (behind === null || compareText(partitionKey, behind) > 0) yield partitionKey;
    }
  }

  async #keep(): Promise<void> {
    const nowMs = this.#options.clock.monotonic();
    if (nowMs - this.#keptAtMs < KEEP_MS) return;
    await this.#write();
    this.#keptAtMs = nowMs;
  }

  /** Throws `LIVE_OVERTAKEN` if somebody took the shard over, who believed us dead. */
  async #write(): Promise<void> {
    const { control, places } = this.#options;
    this.#kept = await writeShard(control, places.name, this.#shard, this.#kept.revision);
  }
}

function later(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return compareText(one, other) >= 0 ? one : other;
}

function earlier(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return compareText(one, other) <= 0 ? one : other;
}
