import type { Manifest } from '../manifest.ts';
import type { OpenOptions, Store, Table } from '../table.ts';
import type { ValueType } from '../value.ts';

/** One claim about tables, and the code that tries to refute it. */
export interface ContractCase {
  /** A sentence, `theme: claim`, different from every other; skips name it. */
  readonly title: string;
  /** The case runs where all of them are met. */
  readonly needs: readonly Need[];
  /** Rejects with an assertion error if the claim is false. */
  run(subject: ContractSubject): Promise<void>;
}

/** What a case needs of a store, decided from data before any table is opened. */
export interface Need {
  /** Follows "needs": `atomicBatch.rows >= 2`. */
  readonly name: string;
  met(manifest: Manifest, offers: ContractOffers): boolean;
}

/** A fresh, empty table that no other case sees, and what belongs to it. */
export interface ContractSubject {
  readonly store: Store;
  /** A handle on the table; each one has the same rows. */
  open(options?: OpenOptions): Promise<Table>;
  /** A handle on the table that refuses writes; called only where {@link ContractOffers.readOnly}. */
  openReadOnly?(): Promise<Table>;
  /** The name of no table: a case may create one of this name, and a reserved one of {@link reservedName}. */
  readonly freeName: string;
  /** Begins with the prefix of reserved tables. */
  readonly reservedName: string;
  /** Starts a fault of each kind that is offered. */
  readonly faults: Readonly<Partial<Record<FaultKind, () => Promise<ActiveFault>>>>;
  /** Removes what the case left behind. Called once, also after a failure, and after the case closed the store. */
  close(): Promise<void>;
}

/** `throttled`: refused for now. `timedOut`: no answer came in time. `unavailable`: nobody answers at all. */
export type FaultKind = 'throttled' | 'timedOut' | 'unavailable';

/** A fault that lasts until it is lifted. */
export interface ActiveFault {
  /** Whether every read fails meanwhile; if not, none does. */
  readonly reads: boolean;
  /** Whether every write fails meanwhile; if not, none does. */
  readonly writes: boolean;
  lift(): Promise<void>;
}

/** What a factory can do beyond what the manifest says. */
export interface ContractOffers {
  /**
   * The property names that the tables have, for those with fixed columns: a selection of
   * {@link import('./columns.ts').CONTRACT_COLUMNS} with `text` and `note` in it. Undefined if any name will do.
   */
  readonly properties?: Readonly<Record<string, ValueType>>;
  readonly faults?: readonly FaultKind[];
  /** Whether subjects have `openReadOnly`. */
  readonly readOnly?: boolean;
}

/** What a store or a wrapper writes in order to run the suite. */
export interface ContractFactory {
  /** Of the tables that the subjects open. */
  readonly manifest: Manifest;
  readonly offers: ContractOffers;
  create(): Promise<ContractSubject>;
}

export function contractCase(
  title: string,
  run: (subject: ContractSubject) => Promise<void>,
  ...needs: readonly Need[]
): ContractCase {
  return { title, needs, run };
}
