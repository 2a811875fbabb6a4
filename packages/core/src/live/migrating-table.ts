import { assert, type Clock, isCode, newId, type OperationalError, type Random } from '../std/index.ts';
import {
  AbstractTable,
  isChange,
  type KeySample,
  type LoadOptions,
  type LoadResult,
  type Manifest,
  type OperationOptions,
  type Page,
  type Problem,
  type QueryOptions,
  type RangeOptions,
  type Row,
  type RowData,
  type RowKey,
  type TableDescription,
  type Write,
  type WriteOptions,
  type WriteResult,
} from '../table/index.ts';
import { batchesOf } from './batches.ts';
import type { Attempted, Client } from './client.ts';
import { guardedBy } from './guarded.ts';
import { Hints } from './hints.ts';
import { InFlight } from './in-flight.ts';
import { checkAnswer, jointManifest } from './limits.ts';
import type { Phase } from './phase.ts';
import { getAlone, queryAlone } from './query-alone.ts';
import { getManaged, queryManaged } from './query-managed.ts';
import { sampleKeysOf } from './sample-keys.ts';
import { scanAlone } from './scan-alone.ts';
import { type PageOptions, scanManaged } from './scan-managed.ts';
import { both, type Side, type Sides } from './side.ts';
import { FOR_EVER, leaseLost, type Tenure } from './tenure.ts';
import { Tries } from './tries.ts';
import { writeAlone, writeClean } from './write-alone.ts';
import { writeManaged } from './write-managed.ts';

export interface MigratingTableOptions {
  /** Handles that were opened with `reserved: true`. They belong to this table from now on, which closes them. */
  readonly sides: Sides;
  readonly phase: Phase;
  /**
   * For as long as this holds, who changes the phase waits until this table has adopted the next one. Without it nobody
   * waits: then the fences of phases keep late writes out, and late reads look for themselves.
   */
  readonly tenure?: Tenure;
  readonly clock: Clock;
  /**
   * Where the ids of operations come from. With it, a write whose reply was lost is looked for; without, fewer writes are
   * read before, and a lost reply is told as effect `unknown`.
   */
  readonly random?: Random;
  readonly name?: string;
  /** How many rows a query asks for by name at most. If not given, about a hundred. */
  readonly keysAtOnce?: number;
}

const KEYS_AT_ONCE = 100;
/** So many queries by name cost less than reading a partition as a whole. */
const NAMED_AT_MOST = 10;
/** How long a process that the store keeps out waits to be told of the phase that it has missed. */
const LATE_MS = 10_000;

type Doing = 'writing to' | 'reading' | 'reading a page of a scan';

/** A phase, and what operations that begin in it share. */
interface InPhase {
  readonly phase: Phase;
  readonly client: Client;
  readonly tenure: Tenure;
}

/** One attempt at an operation. `side` has the partition alone: by the phase, or because its metas said so. */
type Attempt<T> = (now: InPhase, side: Side | undefined) => Promise<Attempted<T>>;

/**
 * One table that lies on two, while it moves from the one to the other, or back: linearizable in every phase.
 *
 * It never decides where a partition is. It follows what the partition's own metas say, and helps a turn that it finds
 * half done. README.md has the protocol.
 */
export class MigratingTable extends AbstractTable {
  readonly manifest: Manifest;
  readonly #sides: Sides;
  readonly #clock: Clock;
  readonly #client: Omit<Client, 'guarded' | 'lone'>;
  readonly #inFlight = new InFlight();
  readonly #pushes = new Set<() => void>();
  /** Until when a batch that got no answer, and that no fence guards, may still arrive. */
  #unresolvedUntil = 0;
  #now: InPhase;

  constructor({ sides, phase, tenure, clock, random, name, ...rest }: MigratingTableOptions) {
    const { keysAtOnce = KEYS_AT_ONCE } = rest;
    super(name ?? sides.source.name);
    this.manifest = jointManifest({ source: sides.source.manifest, target: sides.target.manifest });
    this.#sides = sides;
    this.#clock = clock;
    this.#client = {
      sides,
      waitedFor: tenure !== undefined,
      hints: new Hints(),
      naming: { atOnce: keysAtOnce, most: keysAtOnce * NAMED_AT_MOST },
      newOperation: random && (() => newId(random)),
      unresolved: (side) => this.#remember(side),
    };
    this.#now = this.#inPhase(phase, tenure ?? FOR_EVER);
  }

  get phase(): Phase {
    return this.#now.phase;
  }

  /**
   * Goes over to another phase. Resolves when nothing is under way any more that this table began in an earlier one, so
   * that it can be acknowledged: an attempt at an operation takes a few requests, and what got no answer is waited for as
   * long as the store says that it may live.
   *
   * With another tenure, what began under the one before gives no answer any more, but is tried again under this one.
   */
  async adopt(
    phase: Phase,
    { signal, tenure }: OperationOptions & { readonly tenure?: Tenure } = {},
  ): Promise<void> {
    this.#now = this.#inPhase(phase, tenure ?? this.#now.tenure);
    for (const wake of this.#pushes) wake();
    await this.#inFlight.drained();
    const wait = this.#unresolvedUntil - this.#clock.monotonic();
    if (wait > 0) await this.#clock.sleep(wait, signal);
  }

  protected _write(batch: readonly Write[], options: WriteOptions): Promise<readonly WriteResult[]> {
    assert(batch.every(isChange), 'the manifest says that there are no checks');
    const asked = options.signal ? { signal: options.signal } : {};
    let read = false;
    return this.#attempts<readonly WriteResult[]>(
      'writing to',
      batch[0]?.partitionKey,
      options,
      async ({ phase, client }, side) => {
        const again = read;
        read = true;
        if (phase.kind === 'alone' && phase.clean) return writeClean(client, batch, phase.side, asked);
        if (side) return writeAlone(client, batch, side, asked, again);
        assert(phase.kind === 'managed', 'whoever is alone has a side');
        const { born, plan } = phase;
        return writeManaged(client, batch, { born, plan, ...asked }, again);
      },
    );
  }

  protected _get(key: RowKey, options: OperationOptions): Promise<Row | undefined> {
    return this.#attempts('reading', key.partitionKey, options, ({ client }, side) =>
      side ? getAlone(client, side, key, options) : getManaged(client, key, options),
    );
  }

  protected async _query(partitionKey: string, options: QueryOptions): Promise<readonly Row[]> {
    const rows = await this.#attempts<readonly Row[]>('reading', partitionKey, options, ({ client }, side) =>
      side ? queryAlone(client, side, partitionKey, options) : queryManaged(client, partitionKey, options),
    );
    checkAnswer(this.manifest, partitionKey, rows);
    return rows;
  }

  protected _scan(options: PageOptions): Promise<Page> {
    return this.#attempts('reading a page of a scan', undefined, options, async ({ phase, client }) => {
      const page =
        phase.kind === 'alone'
          ? await scanAlone(client, phase.side, options)
          : await scanManaged(client, options);
      return page ? { kind: 'answer', value: page } : { kind: 'again' };
    });
  }

  /** In batches of one partition each, every one atomic. */
  protected async _load(rows: readonly RowData[], options: LoadOptions): Promise<LoadResult> {
    for (const batch of batchesOf(rows, this.manifest.atomicBatch)) await this._write(batch, options);
    return { marks: [] };
  }

  protected _sampleKeys(parts: number, options: RangeOptions): Promise<KeySample> {
    return sampleKeysOf((page) => this.scan(page), parts, options);
  }

  protected async _describe(options: OperationOptions): Promise<TableDescription> {
    let page = await this.scan({ ...options, limit: 1 });
    while (page.rows.length === 0 && page.continuation) {
      page = await this.scan({ ...options, limit: 1, after: page.continuation });
    }
    return { reservedNames: [], changeToken: undefined, empty: page.rows.length === 0 };
  }

  protected override _problemOf(row: RowData): Problem | undefined {
    return this.#sides.source.problemOf(row) ?? this.#sides.target.problemOf(row);
  }

  protected async _close(): Promise<void> {
    await both((side) => this.#sides[side].close());
  }

  /** Tries until there is an answer, each time in the phase that is then. */
  async #attempts<T>(
    doing: Doing,
    partitionKey: string | undefined,
    { signal }: OperationOptions,
    attempt: Attempt<T>,
  ): Promise<T> {
    let tries: Tries | undefined;
    let alone: Side | undefined;
    for (;;) {
      const now = this.#now;
      const side = now.phase.kind === 'alone' ? now.phase.side : alone;
      const attempted = await this.#one(now, doing, attempt, side);
      if (attempted.kind === 'answer') return attempted.value;
      if (attempted.kind === 'error') throw attempted.error;
      if (attempted.kind === 'late') await this.#nextPhase(now, attempted.error, signal);
      if (attempted.kind === 'alone') alone = attempted.side;
      tries ??= new Tries(doing, partitionKey, 'none');
      await tries.pause(this.#clock, signal);
    }
  }

  /**
   * One attempt, which a phase that is pushed meanwhile is acknowledged behind. What was read is an answer only if the
   * tenure still holds: else somebody may have gone on without us, and have written where we did not look.
   */
  async #one<T>(
    now: InPhase,
    doing: Doing,
    attempt: Attempt<T>,
    side: Side | undefined,
  ): Promise<Attempted<T>> {
    const { tenure } = now;
    if (!tenure.holds()) return { kind: 'late', error: leaseLost(this.name) };
    const begun = this.#inFlight.enter();
    try {
      const attempted = await attempt(now, side);
      return wasOnlyRead(doing, attempted) && !tenure.holds()
        ? { kind: 'late', error: leaseLost(this.name) }
        : attempted;
    } catch (error) {
      if (isCode(error, 'TABLE_FENCED')) return { kind: 'late', error };
      // Nobody waited for us: the migration may be over, and the retired table have another name.
      if (isCode(error, 'TABLE_NOT_FOUND') && !tenure.holds()) return { kind: 'late', error };
      throw error;
    } finally {
      this.#inFlight.leave(begun);
    }
  }

  /** Waits until another phase is pushed. Throws the error if that takes too long: nobody speaks to this process any more. */
  async #nextPhase(then: InPhase, error: OperationalError, signal: AbortSignal | undefined): Promise<void> {
    if (this.#now !== then) return;
    const pushed = new AbortController();
    const wake = () => pushed.abort();
    this.#pushes.add(wake);
    try {
      await this.#clock.sleep(LATE_MS, signal ? AbortSignal.any([signal, pushed.signal]) : pushed.signal);
    } catch {
      // Pushed; or aborted, which the next attempt tells.
      return;
    } finally {
      this.#pushes.delete(wake);
    }
    throw error;
  }

  #inPhase(phase: Phase, tenure: Tenure): InPhase {
    const guarded = phase.fence ? guardedBy(this.#sides, phase.fence) : this.#sides;
    const lone = phase.kind === 'alone' ? phase.side : phase.born;
    return { phase, tenure, client: { ...this.#client, guarded, lone } };
  }

  #remember(side: Side): void {
    const until = this.#clock.monotonic() + this.#sides[side].manifest.requestLifetimeMs;
    this.#unresolvedUntil = Math.max(this.#unresolvedUntil, until);
  }
}

/** Whether all that there is to tell was read: an answer to a question, or the refusal of a write that was not sent. */
function wasOnlyRead<T>(doing: Doing, attempted: Attempted<T>): boolean {
  if (attempted.kind === 'error') return attempted.error.effect === 'none';
  return attempted.kind === 'answer' && doing !== 'writing to';
}
