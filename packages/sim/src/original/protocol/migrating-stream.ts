import type { Configuration, Subscription } from './configuration.ts';
import { Cursor } from './cursor.ts';
import { Lock } from './lock.ts';
import { visible } from './metadata.ts';
import type { State } from './states.ts';
import { compareKeys, type Filter, type Key, matches, type Row, type Store } from './table.ts';

/** Rows in order of their keys, each as it was at some instant since the stream was opened, while the state changes. */
export class MigratingStream {
  readonly #source: Store;
  readonly #target: Store;
  readonly #filter: Filter | undefined;
  readonly #lock = new Lock();
  readonly #subscription: Subscription;
  #state: State;
  #inSource: Cursor | undefined;
  #inTarget: Cursor | undefined;
  /** The last row that was passed: from here it goes on. */
  #after: Key | undefined;
  #closed = false;

  private constructor(
    source: Store,
    target: Store,
    configuration: Configuration,
    filter: Filter | undefined,
  ) {
    this.#source = source;
    this.#target = target;
    this.#filter = filter;
    this.#subscription = configuration.subscribe((state) => this.#exclusively(() => this.#adapt(state)));
    this.#state = this.#subscription.state;
  }

  static async open(
    source: Store,
    target: Store,
    configuration: Configuration,
    filter?: Filter,
  ): Promise<MigratingStream> {
    const stream = new MigratingStream(source, target, configuration, filter);
    await stream.#exclusively(() => stream.#start());
    return stream;
  }

  /** Undefined after the last. */
  next(): Promise<Row | undefined> {
    return this.#exclusively(() => this.#next());
  }

  close(): Promise<void> {
    return this.#exclusively(async () => {
      this.#closed = true;
      this.#inSource?.close();
      this.#inTarget?.close();
      this.#subscription.unsubscribe();
    });
  }

  /** The state may change at any time. */
  #exclusively<T>(act: () => Promise<T>): Promise<T> {
    return this.#lock.run(act);
  }

  async #start(): Promise<void> {
    if (readsSource(this.#state)) this.#inSource = new Cursor(await this.#source.open(this.#filter));
    if (this.#state !== 'sourceOnly') this.#inTarget = await this.#openTarget();
  }

  /** Without the filter: what does not match here still hides what matches there. */
  async #openTarget(): Promise<Cursor> {
    return new Cursor(await this.#target.open(undefined, this.#after));
  }

  async #adapt(state: State): Promise<void> {
    if (this.#closed) return;
    if (this.#state === 'sourceOnly') this.#inTarget = await this.#openTarget();
    // Not later: who is a state ahead deletes without a tombstone, and what the source still has would show again.
    if (this.#inSource && !readsSource(state)) {
      this.#inSource.close();
      this.#inSource = undefined;
      // It may have passed by where rows were copied since, which only the source still had for it.
      this.#inTarget?.close();
      this.#inTarget = await this.#openTarget();
    }
    this.#state = state;
  }

  async #next(): Promise<Row | undefined> {
    for (;;) {
      const row = await this.#pass();
      if (!row) return undefined;
      const shown = visible(row);
      if (shown && matches(shown, this.#filter)) return shown;
    }
  }

  async #pass(): Promise<Row | undefined> {
    const inSource = await this.#inSource?.peek();
    const inTarget = await this.#inTarget?.peek();
    const order = !inSource ? 1 : !inTarget ? -1 : compareKeys(inSource, inTarget);
    if (order <= 0) this.#inSource?.take();
    if (order >= 0) this.#inTarget?.take();
    const row = order < 0 ? inSource : inTarget;
    if (row) this.#after = row;
    return row;
  }
}

/** Once all is copied the source has nothing that the target has not. */
function readsSource(state: State): boolean {
  return state !== 'targetWithTombstones' && state !== 'targetOnly';
}
