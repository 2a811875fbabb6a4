import type { ControlStore } from '../control/index.ts';
import type { Clock } from '../std/index.ts';
import { type RateLimit, rateLimit, unlimited } from '../transfer/index.ts';
import { FIRST_SETTINGS, findSettings, type Settings } from './settings.ts';

/** How soon a change of the settings is heeded. */
const LOOK_MS = 200;

/** Holds the workers of one process back, as the settings say that hold at the moment. */
export class Pace {
  readonly #control: ControlStore;
  readonly #migration: string;
  readonly #clock: Clock;
  /** How many processes share the rate. */
  #processes = 1;
  #settings: Settings = FIRST_SETTINGS;
  #limit: RateLimit = unlimited;
  #rate: number | null = null;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #looked: Promise<void> = Promise.resolve();

  constructor(control: ControlStore, migration: string, clock: Clock) {
    this.#control = control;
    this.#migration = migration;
    this.#clock = clock;
  }

  /** From now on so many processes work, this one included. */
  share(processes: number): void {
    this.#processes = processes;
  }

  /** Resolves when so many rows more may be copied; with none, when nobody has paused the migration. */
  async admit(rows: number, signal: AbortSignal): Promise<void> {
    await this.#look();
    while (this.#settings.paused) {
      await this.#clock.sleep(LOOK_MS, signal);
      await this.#look();
    }
    if (rows > 0) await this.#limit.admit(rows, signal);
  }

  /** All who ask at the same time wait for the same look: none goes by settings that were never read. */
  #look(): Promise<void> {
    const nowMs = this.#clock.monotonic();
    if (nowMs - this.#lookedAtMs < LOOK_MS) return this.#looked;
    this.#lookedAtMs = nowMs;
    this.#looked = this.#read();
    return this.#looked;
  }

  async #read(): Promise<void> {
    this.#settings = (await findSettings(this.#control, this.#migration))?.value ?? FIRST_SETTINGS;
    const { rowsPerSecond } = this.#settings;
    const rate = rowsPerSecond === null ? null : rowsPerSecond / this.#processes;
    if (rate === this.#rate) return;
    this.#rate = rate;
    this.#limit = rate === null ? unlimited : rateLimit(rate, this.#clock);
  }
}
