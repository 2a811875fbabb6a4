import { type ControlStore, LEASE_MS, type Lease, type Owner, takeLease } from '../control/index.ts';
import type { MigratingTable } from '../live/index.ts';
import { type Clock, isCode } from '../std/index.ts';
import { CLIENT, type ClientDocument, clientName, writeClient } from './client-document.ts';
import { type Found, find, remove } from './documents.ts';
import { fencedPhase, findPhase, type NumberedPhase, phaseName, phaseOf } from './phase-document.ts';
import type { Places } from './places.ts';

/** How soon something is tried again that the control store could not do. */
const RETRY_MS = 200;

export interface SeatOptions {
  readonly control: ControlStore;
  readonly clock: Clock;
  readonly owner: Owner;
  readonly places: Places;
  readonly group: string;
  /** 15 s if not given. */
  readonly leaseMs?: number | undefined;
  /** Told of what goes wrong and is tried again. */
  onTrouble?(error: unknown): void;
}

/** A session with its document, for as long as its lease holds. */
interface Taken {
  readonly lease: Lease;
  readonly name: string;
  document: Found<ClientDocument>;
  phase: NumberedPhase;
}

/**
 * The seat of one process at a migration: it is waited for at every change of phase, and gives its word that it does
 * nothing of an earlier phase any more. It is kept by a lease; who loses that is waited for no longer, does nothing
 * more, and takes a new seat as soon as it can.
 */
export class Seat {
  readonly #options: SeatOptions;
  readonly #left = new AbortController();
  #taken: Taken;
  #table: MigratingTable | undefined;
  #following: Promise<void> = Promise.resolve();

  private constructor(options: SeatOptions, taken: Taken) {
    this.#options = options;
    this.#taken = taken;
  }

  /** Throws what the control store throws. */
  static async take(options: SeatOptions): Promise<Seat> {
    return new Seat(options, await takeSeat(options));
  }

  get phase() {
    return fencedPhase(this.#options.places, this.#taken.phase);
  }

  get tenure() {
    const { lease } = this.#taken;
    return { holds: () => lease.holds() };
  }

  /** Brings the table from phase to phase, from the one on that it was made in. */
  follow(table: MigratingTable): void {
    this.#table = table;
    this.#following = this.#sit(table).catch(async (error: unknown) => {
      if (this.#left.signal.aborted) return;
      // Who does not follow any more must not be believed to: the lease runs out.
      this.#options.onTrouble?.(error);
      await this.#taken.lease.stop();
    });
  }

  /** Gives the seat up, when nothing is under way any more. What the control store does not hear, the lease tells it. */
  async leave(): Promise<void> {
    await this.#table?.adopt(this.phase);
    this.#left.abort();
    await this.#following;
    const { lease, document, name } = this.#taken;
    await lease.stop();
    try {
      await remove(this.#options.control, name);
      await this.#options.control.endSession(document.value.session);
    } catch (error) {
      this.#options.onTrouble?.(error);
    }
  }

  async #sit(table: MigratingTable): Promise<void> {
    for (;;) {
      const { lease } = this.#taken;
      const ended = AbortSignal.any([lease.lost, this.#left.signal]);
      await this.#watch(table, ended);
      if (this.#left.signal.aborted) return;
      await lease.stop();
      this.#options.onTrouble?.(lease.lost.reason);
      this.#taken = await this.#persist(this.#left.signal, () => takeSeat(this.#options));
      await table.adopt(this.phase, { tenure: this.tenure });
    }
  }

  /** Goes into each phase as it is told, until the seat is lost or left. */
  async #watch(table: MigratingTable, ended: AbortSignal): Promise<void> {
    const { control, places, group } = this.#options;
    while (!ended.aborted) {
      try {
        await this.#acknowledge();
        for await (const _ of control.watch(phaseName(places.name), ended)) {
          const phase = phaseOf((await findPhase(control, places.name)).value, group);
          if (phase.number <= this.#taken.phase.number) continue;
          this.#taken.phase = phase;
          await table.adopt(this.phase);
          await this.#acknowledge();
        }
      } catch (error) {
        if (ended.aborted) return;
        this.#options.onTrouble?.(error);
        await this.#pause(ended);
      }
    }
  }

  async #acknowledge(): Promise<void> {
    const { control, places } = this.#options;
    const { document, phase, name } = this.#taken;
    if (document.value.acknowledged === phase.number) return;
    try {
      const value = { ...document.value, acknowledged: phase.number };
      this.#taken.document = await writeClient(control, places.name, value, document.revision);
    } catch (error) {
      // Our last answer was lost; or somebody has buried us, which the next renewal of the lease tells.
      if (isCode(error, 'LIVE_OVERTAKEN'))
        this.#taken.document = (await find(control, name, CLIENT)) ?? document;
      throw error;
    }
  }

  /** Again and again until it succeeds. Rejects once the signal aborts. */
  async #persist<T>(ended: AbortSignal, act: () => Promise<T>): Promise<T> {
    for (;;) {
      ended.throwIfAborted();
      try {
        return await act();
      } catch (error) {
        this.#options.onTrouble?.(error);
        await this.#options.clock.sleep(RETRY_MS, ended);
      }
    }
  }

  async #pause(ended: AbortSignal): Promise<void> {
    try {
      await this.#options.clock.sleep(RETRY_MS, ended);
    } catch {
      // It ended, which whoever waits sees.
    }
  }
}

/**
 * Registers, and only then looks which phase is on: whoever pushes another one after that look sees us, and waits for us;
 * whoever did before it is seen by us.
 */
async function takeSeat(options: SeatOptions): Promise<Taken> {
  const { control, clock, owner, places, group, leaseMs = LEASE_MS } = options;
  const lease = await takeLease(control, owner, clock, leaseMs);
  const { session } = lease;
  try {
    const { label, pid, host } = owner;
    const client = { session: session.id, group, label, pid, host, acknowledged: null };
    const document = await writeClient(control, places.name, client, undefined);
    const phase = phaseOf((await findPhase(control, places.name)).value, group);
    return { lease, name: clientName(places.name, session.id), document, phase };
  } catch (error) {
    await lease.stop();
    throw error;
  }
}
