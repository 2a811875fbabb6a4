import type { Json } from '../std/index.ts';

/** A named document and the revision that its last write gave it. */
export interface Document {
  readonly name: string;
  /** Rises with every write of the store, so a name never sees a revision again. */
  readonly revision: number;
  readonly value: Json;
}

/** What a watch reports: the document as it is now, or that it is gone. */
export type DocumentChange =
  | { readonly kind: 'put'; readonly document: Document }
  | { readonly kind: 'deleted'; readonly name: string; readonly revision: number };

/** Who runs: enough to tell, on the same host, whether that very process still lives. */
export interface Owner {
  /** Names the scope in which a pid means one process: a machine, or a container on one. */
  readonly host: string;
  readonly pid: number;
  /** When the process began, in the host's own terms; tells a pid from its next user. '' if it cannot be known. */
  readonly processStart: string;
  /** Changes when the host boots. '' if it cannot be known. */
  readonly bootId: string;
  /** For people: `changeover move`. */
  readonly label: string;
}

/** A client that promises to renew its lease in time. */
export interface Session {
  readonly id: string;
  readonly owner: Owner;
  readonly openedAtMs: number;
  /** How long the last renewal, or the opening, is good for. */
  readonly leaseMs: number;
  /** How often it was renewed: whoever sees the same number for a whole lease may take the owner for dead. */
  readonly renewals: number;
  /** By the clock of the owner, when it renewed: for people. */
  readonly leaseUntilMs: number;
}

export interface JournalEntry {
  /** Rises by at least one with every entry. */
  readonly sequence: number;
  readonly atMs: number;
  readonly who: string;
  /** What it is about: a job's or a migration's document name. */
  readonly subject: string;
  readonly what: string;
  readonly why: string;
}

export type Liveness = 'alive' | 'dead' | 'unknown';

/** Tells whether a process lives. `unknown` for one on another host; only its lease can tell then. */
export type ProcessProbe = (owner: Owner) => Liveness;

export interface ControlOptions {
  readonly signal?: AbortSignal;
}

/**
 * The one place where processes agree: documents with compare-and-set, sessions with leases, an append-only journal.
 *
 * All operations are linearizable and durable on return. Names are slash-separated: well-formed Unicode, not empty,
 * without a slash at either end, else `CONTROL_NAME_INVALID`. A prefix is any text; the empty one is every name's.
 * Errors are {@link import('./errors.ts').ControlError}s, with the effect of a failed write.
 */
export interface ControlStore {
  /** For people: the absolute path, or host and bucket. */
  readonly location: string;
  /** A name that the store gave itself when it was made; the mark on a target cites it. */
  readonly identity: string;

  get(name: string, options?: ControlOptions): Promise<Document | undefined>;
  /** The documents whose names begin with `prefix`, by name in the order of UTF-8 bytes. */
  list(prefix: string, options?: ControlOptions): Promise<readonly Document[]>;
  /**
   * Writes if the document's revision is still `expected`; `undefined` expects none. Throws
   * `CONTROL_REVISION_MISMATCH` (effect none) otherwise.
   */
  put(name: string, value: Json, expected: number | undefined, options?: ControlOptions): Promise<Document>;
  /** Deletes under the same condition as {@link put}. */
  delete(name: string, expected: number, options?: ControlOptions): Promise<void>;
  /**
   * First every document under the prefix, by name, then each change, in order. Changes in quick succession to one
   * name may come as one, the last; so a name may be told as deleted that was never told as put. Ends, without an
   * error, when the signal aborts or this handle closes.
   */
  watch(prefix: string, signal: AbortSignal): AsyncIterable<DocumentChange>;

  openSession(owner: Owner, leaseMs: number): Promise<Session>;
  /**
   * Throws `CONTROL_LEASE_LOST` if the session was ended. The store does not judge whether that comes too late: the
   * {@link import('./lease.ts').Lease} does, and whoever waits for it.
   */
  renewSession(id: string, leaseMs: number): Promise<Session>;
  /**
   * Ends a session; with `renewals`, only if it was not renewed more often than that. False if it was, and lives on; true
   * if it has ended, now or before.
   */
  endSession(id: string, renewals?: number): Promise<boolean>;
  /**
   * Every session that was not ended, the dead ones included;
   * {@link import('./failure-detector.ts').FailureDetector} tells.
   */
  sessions(): Promise<readonly Session[]>;
  session(id: string): Promise<Session | undefined>;

  append(entry: Omit<JournalEntry, 'sequence' | 'atMs'>): Promise<JournalEntry>;
  /** Entries with a sequence above `after`, oldest first, of one subject if given. */
  journal(after: number, subject?: string): Promise<readonly JournalEntry[]>;

  /** Ends this handle and its watches; later operations throw `CONTROL_CLOSED`. Closing twice is fine. */
  close(): Promise<void>;
}
