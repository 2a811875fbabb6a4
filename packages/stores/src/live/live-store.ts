import type { ControlStore } from 'changeover/control';
import { openLatest, openTable, placesOf, type Resolve } from 'changeover/cutover';
import { jointManifest } from 'changeover/live';
import {
  type Manifest,
  type OpenOptions,
  refusal,
  type Store,
  type Table,
  TableError,
} from 'changeover/table';
import { currentOwner, systemClock, systemRandom } from '../host/index.ts';
import type { ResolveOptions } from '../open-store.ts';

export interface LiveOpening {
  /** The store's own from now on, which closes it. */
  readonly control: ControlStore;
  readonly resolve: Resolve;
}

/** A live migration as the place of one table, by its own name. Each handle of it has a seat of its own. */
export class LiveStore implements Store {
  readonly kind = 'live';
  readonly location: string;
  readonly identity: string;
  readonly mapping = undefined;
  readonly manifest: Manifest;
  readonly #name: string;
  readonly #opening: LiveOpening;
  readonly #tables = new Set<Table>();
  #closed = false;

  private constructor(name: string, opening: LiveOpening, identity: string, manifest: Manifest) {
    this.location = `the live migration ${name} in ${opening.control.location}`;
    this.identity = identity;
    this.manifest = manifest;
    this.#name = name;
    this.#opening = opening;
  }

  /** Looks what both sides can do. Throws `LIVE_UNKNOWN`, `LIVE_PLACE_CHANGED`, and what the stores throw. */
  static async open(
    name: string,
    opening: LiveOpening,
    { mode }: Pick<ResolveOptions, 'mode'>,
  ): Promise<LiveStore> {
    const places = await placesOf(opening.control, name);
    const opened = await openLatest(opening.control, places, opening.resolve);
    try {
      const { source, target } = opened.sides;
      const joint = jointManifest({ source: source.manifest, target: target.manifest });
      return new LiveStore(name, opening, `live:${places.id}`, { ...joint, readOnly: mode === 'read' });
    } finally {
      await opened.close();
    }
  }

  async list(options: OpenOptions = {}): Promise<readonly string[]> {
    this.#checkReady(options);
    return [this.#name];
  }

  async create(name: string, options: OpenOptions = {}): Promise<void> {
    this.#checkReady(options);
    throw refusal(
      'TABLE_NOT_SUPPORTED',
      `${this.location} has one table, and makes no ${JSON.stringify(name)}`,
    );
  }

  async drop(name: string, options: OpenOptions = {}): Promise<boolean> {
    this.#checkReady(options);
    throw refusal(
      'TABLE_NOT_SUPPORTED',
      `${this.location} is moving, and ${JSON.stringify(name)} is not dropped`,
    );
  }

  async rename(name: string, _newName: string, options: OpenOptions = {}): Promise<void> {
    this.#checkReady(options);
    throw refusal(
      'TABLE_NOT_SUPPORTED',
      `${this.location} is moving, and ${JSON.stringify(name)} keeps its name`,
    );
  }

  async open(name: string, options: OpenOptions = {}): Promise<Table> {
    this.#checkReady(options);
    if (name !== this.#name) {
      const hint = `Its one table is ${JSON.stringify(this.#name)}.`;
      throw refusal('TABLE_NOT_FOUND', `${this.location} has no table ${JSON.stringify(name)}`, {}, hint);
    }
    if (options.reserved) {
      throw refusal('TABLE_NOT_SUPPORTED', `${this.location} shows nothing that is reserved`);
    }
    const table = await openTable(name, {
      ...this.#opening,
      clock: systemClock,
      random: systemRandom,
      owner: currentOwner('live: URL'),
    });
    this.#tables.add(table);
    return table;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const table of this.#tables) await table.close();
    await this.#opening.control.close();
  }

  #checkReady({ signal }: OpenOptions): void {
    if (this.#closed) throw refusal('TABLE_CLOSED', `${this.location} is closed`);
    if (!signal?.aborted) return;
    throw new TableError('TABLE_ABORTED', 'the operation was aborted before it began', {
      effect: 'none',
      cause: signal.reason,
    });
  }
}
