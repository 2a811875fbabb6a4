import { assert, type Clock, newId, type Random } from '../std/index.ts';
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
import { writeAlone, writeClean } from './write-alone.ts';
import { writeManaged } from './write-managed.ts';

export interface MigratingTableOptions {
  /** Handles that were opened with `reserved: true`. They belong to this table from now on, which closes them. */
  readonly sides: Sides;
  readonly phase: Phase;
  readonly clock: Clock;
  /**
   * Where the ids of operations come from. With it, a write whose reply was lost is looked for; without, fewer writes are
   * read before, and a lost reply is told as effect `unknown`.
   */
  readonly random?: Random;
  readonly name?: string;
}

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
  readonly #client: Client;
  readonly #inFlight = new InFlight();
  /** Until when a batch that got no answer, and that no fence guards, may still arrive. */
  #unresolvedUntil = 0;
  #phase: Phase;

  constructor({ sides, phase, clock, random, name }: MigratingTableOptions) {
    super(name ?? sides.source.name);
    this.manifest = jointManifest({ source: sides.source.manifest, target: sides.target.manifest });
    this.#sides = sides;
    this.#clock = clock;
    this.#phase = phase;
    this.#client = {
      sides,
      hints: new Hints(),
      newOperation: random && (() => newId(random)),
      unresolved: (side) => this.#remember(side),
    };
  }

  get phase(): Phase {
    return this.#phase;
  }

  /**
   * Goes over to another phase. Resolves when nothing of this table is under way any more that began in an earlier one: to
   * acknowledge the phase, await this.
   */
  async adopt(phase: Phase, { signal }: OperationOptions = {}): Promise<void> {
    this.#phase = phase;
    await this.#inFlight.drained();
    const wait = this.#unresolvedUntil - this.#clock.now();
    if (wait > 0) await this.#clock.sleep(wait, signal);
  }

  protected async _write(batch: readonly Write[], options: WriteOptions): Promise<readonly WriteResult[]> {
    assert(batch.every(isChange), 'the manifest says that there are no checks');
    let read = false;
    return this.#attempts(async (phase, alone) => {
      const asked = options.signal ? { signal: options.signal } : {};
      const side = phase.kind === 'alone' ? phase.side : alone;
      const attempted =
        phase.kind === 'alone' && phase.clean
          ? await writeClean(this.#client, batch, phase.side, asked)
          : side
            ? await writeAlone(this.#client, batch, side, asked, read)
            : phase.kind === 'managed'
              ? await writeManaged(this.#client, batch, { ...phase, ...asked }, read)
              : undefined;
      read = true;
      return attempted as Attempted<readonly WriteResult[]>;
    });
  }

  protected async _get(key: RowKey, options: OperationOptions): Promise<Row | undefined> {
    return this.#attempts(async (phase, alone) => {
      const side = phase.kind === 'alone' ? phase.side : alone;
      if (side) return { kind: 'answer', value: await getAlone(this.#client, side, key, options) };
      return getManaged(this.#client, key, options);
    });
  }

  protected async _query(partitionKey: string, options: QueryOptions): Promise<readonly Row[]> {
    const rows = await this.#attempts<readonly Row[]>(async (phase, alone) => {
      const side = phase.kind === 'alone' ? phase.side : alone;
      if (!side) return queryManaged(this.#client, partitionKey, options);
      return { kind: 'answer', value: await queryAlone(this.#client, side, partitionKey, options) };
    });
    checkAnswer(this.manifest, partitionKey, rows);
    return rows;
  }

  protected async _scan(options: PageOptions): Promise<Page> {
    return this.#attempts(async (phase) => {
      const page =
        phase.kind === 'alone'
          ? await scanAlone(this.#client, phase.side, options)
          : await scanManaged(this.#client, options);
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

  /** Tries until there is an answer, in the phase that is then. */
  async #attempts<T>(attempt: (phase: Phase, alone: Side | undefined) => Promise<Attempted<T>>): Promise<T> {
    const leave = this.#inFlight.enter();
    try {
      let alone: Side | undefined;
      for (;;) {
        const attempted = await attempt(this.#phase, alone);
        if (attempted.kind === 'answer') return attempted.value;
        if (attempted.kind === 'error') throw attempted.error;
        if (attempted.kind === 'alone') alone = attempted.side;
      }
    } finally {
      leave();
    }
  }

  #remember(side: Side): void {
    const until = this.#clock.now() + this.#sides[side].manifest.requestLifetimeMs;
    this.#unresolvedUntil = Math.max(this.#unresolvedUntil, until);
  }
}
