import type { ControlStore, Owner } from '../control/index.ts';
import { MigratingTable, type MigratingTableOptions } from '../live/index.ts';
import type { Clock, Random } from '../std/index.ts';
import { openLatest } from './open-latest.ts';
import { placesOf, type Resolve } from './places.ts';
import { Seat } from './seat.ts';

export interface OpenTableOptions {
  readonly control: ControlStore;
  /** Opens a store by its URL, for reading and writing. */
  readonly resolve: Resolve;
  readonly clock: Clock;
  /** Names operations, so that what became of a lost reply can be found out. */
  readonly random: Random;
  /** Who we are, for those who wait for us. */
  readonly owner: Owner;
  /**
   * Our upgrade domain. Groups are told of a phase one after the other, in the order of their names, with a look at the
   * health of the application in between. All in one group if not given.
   */
  readonly group?: string;
  /** How long we may be silent before nobody waits for us any more, in milliseconds; 15 000 if not given. */
  readonly leaseMs?: number;
  /** Told of what goes wrong in the background, and is tried again. */
  onTrouble?(error: unknown): void;
  /** Awaited at the end of {@link MigratingTable.close}: for what was opened for this table alone. */
  closed?(): Promise<void>;
}

/**
 * Opens a table under live migration: it looks like one table while it moves from its source to its target, or back.
 * To be closed like any other, which gives up this process's seat.
 *
 * Operations throw `CONTROL_LEASE_LOST` (effect none) after about ten seconds in which this process could not say to the
 * control store that it lives. Throws `LIVE_UNKNOWN`, `LIVE_PLACE_CHANGED`, and what the stores throw.
 */
export async function openTable(name: string, options: OpenTableOptions): Promise<MigratingTable> {
  const { control, resolve, clock, random, owner, group = '', leaseMs, onTrouble } = options;
  const places = await placesOf(control, name);
  const opened = await openLatest(control, places, resolve);
  try {
    const trouble = onTrouble ? { onTrouble: (error: unknown) => onTrouble(error) } : {};
    const seat = await Seat.take({ control, clock, owner, places, group, leaseMs, ...trouble });
    const { tenure } = seat;
    const { sides } = opened;
    const table = new SeatedTable(
      { sides, phase: seat.phase, tenure, clock, random, name },
      seat,
      async () => {
        await opened.close();
        await options.closed?.();
      },
    );
    seat.follow(table);
    return table;
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** A migrating table whose phases somebody else decides. */
class SeatedTable extends MigratingTable {
  readonly #seat: Seat;
  readonly #closeBelow: () => Promise<void>;

  constructor(options: MigratingTableOptions, seat: Seat, closeBelow: () => Promise<void>) {
    super(options);
    this.#seat = seat;
    this.#closeBelow = closeBelow;
  }

  protected override async _close(): Promise<void> {
    await this.#seat.leave();
    await super._close();
    await this.#closeBelow();
  }
}
