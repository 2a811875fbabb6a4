import { assert, type Clock, type Json, newId, type Random } from '../std/index.ts';
import type {
  ControlOptions,
  ControlStore,
  Document,
  DocumentChange,
  JournalEntry,
  Owner,
  Session,
} from './control-store.ts';
import { ControlError } from './errors.ts';
import { checkName, checkPrefix } from './name.ts';

export interface ControlDependencies {
  readonly clock: Clock;
  /** Names sessions and new stores. */
  readonly random: Random;
}

export type NewJournalEntry = Omit<JournalEntry, 'sequence' | 'atMs'>;

/**
 * What every control store does alike: validates its input, refuses work once closed or aborted, and ends watches. A
 * store implements the methods with an underscore, which get checked input only.
 */
export abstract class AbstractControl implements ControlStore {
  abstract readonly location: string;
  abstract readonly identity: string;
  protected readonly clock: Clock;
  protected readonly random: Random;
  readonly #closing = new AbortController();

  constructor({ clock, random }: ControlDependencies) {
    this.clock = clock;
    this.random = random;
  }

  protected abstract _get(name: string, options: ControlOptions): Promise<Document | undefined>;
  protected abstract _list(prefix: string, options: ControlOptions): Promise<readonly Document[]>;
  protected abstract _put(
    name: string,
    value: Json,
    expected: number | undefined,
    options: ControlOptions,
  ): Promise<Document>;
  protected abstract _delete(name: string, expected: number, options: ControlOptions): Promise<void>;
  /** Once `ended` aborts it may end or throw as it likes: nobody listens any more. */
  protected abstract _watch(prefix: string, ended: AbortSignal): AsyncIterable<DocumentChange>;
  protected abstract _openSession(owner: Owner, leaseMs: number): Promise<Session>;
  /** Undefined if there is no such session. */
  protected abstract _renewSession(id: string, leaseMs: number): Promise<Session | undefined>;
  protected abstract _endSession(id: string, renewals: number | undefined): Promise<boolean>;
  protected abstract _sessions(): Promise<readonly Session[]>;
  protected abstract _session(id: string): Promise<Session | undefined>;
  protected abstract _append(entry: NewJournalEntry): Promise<JournalEntry>;
  protected abstract _journal(after: number, subject: string | undefined): Promise<readonly JournalEntry[]>;
  protected abstract _close(): Promise<void>;

  async get(name: string, options: ControlOptions = {}): Promise<Document | undefined> {
    this.#checkReady(options);
    checkName(name);
    return this._get(name, options);
  }

  async list(prefix: string, options: ControlOptions = {}): Promise<readonly Document[]> {
    this.#checkReady(options);
    checkPrefix(prefix);
    return this._list(prefix, options);
  }

  async put(
    name: string,
    value: Json,
    expected: number | undefined,
    options: ControlOptions = {},
  ): Promise<Document> {
    this.#checkReady(options);
    checkName(name);
    return this._put(name, value, expected, options);
  }

  async delete(name: string, expected: number, options: ControlOptions = {}): Promise<void> {
    this.#checkReady(options);
    checkName(name);
    return this._delete(name, expected, options);
  }

  watch(prefix: string, signal: AbortSignal): AsyncIterable<DocumentChange> {
    this.#checkReady();
    checkPrefix(prefix);
    return this.#watchUntil(prefix, AbortSignal.any([signal, this.#closing.signal]));
  }

  async openSession(owner: Owner, leaseMs: number): Promise<Session> {
    this.#checkReady();
    checkLease(leaseMs);
    return this._openSession(owner, leaseMs);
  }

  async renewSession(id: string, leaseMs: number): Promise<Session> {
    this.#checkReady();
    checkLease(leaseMs);
    const renewed = await this._renewSession(id, leaseMs);
    if (renewed) return renewed;
    throw new ControlError('CONTROL_LEASE_LOST', `the session ${id} was ended`, {
      effect: 'none',
      hint: 'Another process may go on with the work by now. Run the same command again.',
    });
  }

  async endSession(id: string, renewals?: number): Promise<boolean> {
    this.#checkReady();
    return this._endSession(id, renewals);
  }

  async sessions(): Promise<readonly Session[]> {
    this.#checkReady();
    return this._sessions();
  }

  async session(id: string): Promise<Session | undefined> {
    this.#checkReady();
    return this._session(id);
  }

  async append(entry: NewJournalEntry): Promise<JournalEntry> {
    this.#checkReady();
    checkName(entry.subject);
    return this._append(entry);
  }

  async journal(after: number, subject?: string): Promise<readonly JournalEntry[]> {
    this.#checkReady();
    return this._journal(after, subject);
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    await this._close();
  }

  /** A session that begins now. */
  protected newSession(owner: Owner, leaseMs: number): Session {
    const now = this.clock.now();
    const lease = { leaseMs, renewals: 0, leaseUntilMs: now + leaseMs };
    return { id: newId(this.random), owner: { ...owner }, openedAtMs: now, ...lease };
  }

  async *#watchUntil(prefix: string, ended: AbortSignal): AsyncGenerator<DocumentChange, void, undefined> {
    if (ended.aborted) return;
    try {
      for await (const change of this._watch(prefix, ended)) {
        if (ended.aborted) return;
        yield change;
      }
    } catch (error) {
      // Whatever the end of the watch interrupted is no failure: the caller asked for that end.
      if (!ended.aborted) throw error;
    }
  }

  #checkReady({ signal }: ControlOptions = {}): void {
    if (this.#closing.signal.aborted) {
      throw new ControlError('CONTROL_CLOSED', `the control store ${this.location} is closed`, {
        effect: 'none',
      });
    }
    if (signal?.aborted) {
      throw new ControlError('CONTROL_ABORTED', 'the operation was aborted before it began', {
        effect: 'none',
        cause: signal.reason,
      });
    }
  }
}

function checkLease(leaseMs: number): void {
  assert(Number.isFinite(leaseMs) && leaseMs > 0, `a lease must be a positive number of ms, not ${leaseMs}`);
}
