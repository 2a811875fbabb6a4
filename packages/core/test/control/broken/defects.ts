import {
  type ControlDependencies,
  ControlError,
  type Document,
  type DocumentChange,
  type JournalEntry,
  MemoryControl,
  type NewJournalEntry,
  type Owner,
  type Session,
} from 'changeover/control';
import type { Json } from 'changeover/std';

/**
 * Control stores with one deliberate defect each. Every case of the contract must fail on at least one of them, which
 * is how we know that it can fail.
 */

export class InventsDocuments extends MemoryControl {
  protected override async _get(name: string): Promise<Document | undefined> {
    return (await super._get(name)) ?? { name, revision: 0, value: null };
  }
}

export class LosesNulls extends MemoryControl {
  protected override _put(name: string, value: Json, expected: number | undefined): Promise<Document> {
    return super._put(name, value === null ? {} : value, expected);
  }
}

/** Keeps the first value that a name was given. */
export class NeverReplaces extends MemoryControl {
  protected override async _put(name: string, value: Json, expected: number | undefined): Promise<Document> {
    return super._put(name, (await super._get(name))?.value ?? value, expected);
  }
}

export class IgnoresExpectedOnPut extends MemoryControl {
  protected override async _put(name: string, value: Json): Promise<Document> {
    return super._put(name, value, (await super._get(name))?.revision);
  }
}

export class IgnoresExpectedOnDelete extends MemoryControl {
  protected override async _delete(name: string): Promise<void> {
    const document = await super._get(name);
    if (document) await super._delete(name, document.revision);
  }
}

/** Looks in one step and writes in another, when somebody else may have written in between. */
export class RacesOnPut extends MemoryControl {
  protected override async _put(name: string, value: Json, expected: number | undefined): Promise<Document> {
    const document = await super._get(name);
    if (document?.revision !== expected) return super._put(name, value, expected);
    return this.#overwrite(name, value);
  }

  async #overwrite(name: string, value: Json): Promise<Document> {
    const document = await super._get(name);
    return super._put(name, value, document?.revision).catch(() => this.#overwrite(name, value));
  }
}

export class NeverDeletes extends MemoryControl {
  protected override async _delete(): Promise<void> {}
}

/** Counts the writes of each name apart, and forgets the count with the name. */
export class CountsPerName extends MemoryControl {
  readonly #counts = new Map<string, number>();

  protected override async _get(name: string): Promise<Document | undefined> {
    const document = await super._get(name);
    return document && { ...document, revision: this.#counts.get(name) ?? 1 };
  }

  protected override async _put(name: string, value: Json, expected: number | undefined): Promise<Document> {
    const actual = (await super._get(name))?.revision;
    const document = await super._put(name, value, expected === this.#counts.get(name) ? actual : expected);
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    return { ...document, revision: this.#counts.get(name) ?? 1 };
  }

  protected override async _delete(name: string): Promise<void> {
    this.#counts.delete(name);
    await super._delete(name, (await super._get(name))?.revision ?? 0);
  }
}

/** Gives out what it stores. */
export class SharesValues extends MemoryControl {
  readonly #values = new Map<string, Json>();

  protected override async _get(name: string): Promise<Document | undefined> {
    const document = await super._get(name);
    return document && { ...document, value: this.#values.get(name) ?? null };
  }

  protected override _put(name: string, value: Json, expected: number | undefined): Promise<Document> {
    this.#values.set(name, value);
    return super._put(name, value, expected);
  }
}

/** A store of its own for each handle: what one writes no other reads. */
export class SharesNothing extends MemoryControl {
  constructor(dependencies: ControlDependencies, _sibling?: MemoryControl) {
    super(dependencies, undefined);
  }
}

export class SortsByUtf16 extends MemoryControl {
  protected override async _list(prefix: string): Promise<readonly Document[]> {
    return (await super._list(prefix)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }
}

/** As a store whose strings end at the first NUL. */
export class CutsNamesAtNul extends MemoryControl {
  protected override _get(name: string): Promise<Document | undefined> {
    return super._get(name.split('\u0000')[0] ?? '');
  }
}

/** As `like 'prefix%'` without an escape. */
export class TakesPrefixForPattern extends MemoryControl {
  protected override async _list(prefix: string): Promise<readonly Document[]> {
    const pattern = new RegExp(
      `^${prefix.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&').replaceAll('_', '.')}`,
      's',
    );
    return (await super._list('')).filter(({ name }) => pattern.test(name));
  }
}

/** Overrides the public methods, and so the checks of names. */
export class AcceptsAnyName extends MemoryControl {
  override get(name: string): Promise<Document | undefined> {
    return this._get(name);
  }
}

export class AcceptsAnyPrefix extends MemoryControl {
  override list(prefix: string): Promise<readonly Document[]> {
    return this._list(prefix);
  }
}

export class WatchesWithoutFirst extends MemoryControl {
  protected override async *_watch(prefix: string, ended: AbortSignal): AsyncGenerator<DocumentChange> {
    const first = new Set((await this._list(prefix)).map(({ revision }) => revision));
    for await (const change of super._watch(prefix, ended)) {
      if (change.kind === 'deleted' || !first.has(change.document.revision)) yield change;
    }
  }
}

/** Tells the first documents and nothing more. */
export class WatchesOnce extends MemoryControl {
  protected override async *_watch(prefix: string): AsyncGenerator<DocumentChange> {
    for (const document of await this._list(prefix)) yield { kind: 'put', document };
    await new Promise(() => {});
  }
}

/** After every change tells all changes since in the order of their names. */
export class WatchesByName extends MemoryControl {
  protected override async *_watch(prefix: string, ended: AbortSignal): AsyncGenerator<DocumentChange> {
    let known = new Map<string, number>();
    for await (const _ of super._watch(prefix, ended)) {
      const documents = await this._list(prefix);
      for (const name of known.keys()) {
        const gone = !documents.some((document) => document.name === name);
        if (gone) yield { kind: 'deleted', name, revision: 0 };
      }
      for (const document of documents) {
        if (known.get(document.name) !== document.revision) yield { kind: 'put', document };
      }
      known = new Map(documents.map(({ name, revision }) => [name, revision]));
    }
  }
}

export class WatchesEverything extends MemoryControl {
  protected override _watch(_prefix: string, ended: AbortSignal): AsyncGenerator<DocumentChange> {
    return super._watch('', ended);
  }
}

/** Begins to look for changes only when the first documents were taken. */
export class WatchesLate extends MemoryControl {
  protected override async *_watch(prefix: string, ended: AbortSignal): AsyncGenerator<DocumentChange> {
    for (const document of await this._list(prefix)) yield { kind: 'put', document };
    const before = new Set((await this._list(prefix)).map(({ revision }) => revision));
    for await (const change of super._watch(prefix, ended)) {
      if (change.kind === 'deleted' || !before.has(change.document.revision)) yield change;
    }
  }
}

/** Loses what it has fallen behind with, as a buffer that runs over. */
export class WatchesUpToTen extends MemoryControl {
  protected override async *_watch(prefix: string, ended: AbortSignal): AsyncGenerator<DocumentChange> {
    let told: number | undefined;
    for await (const change of super._watch(prefix, ended)) {
      const { revision } = change.kind === 'put' ? change.document : change;
      if (told !== undefined && revision > told + 10) continue;
      told = revision;
      yield change;
    }
  }
}

/** Lets only one watcher in at a time. */
export class WatchesForOne extends MemoryControl {
  #watching = false;

  protected override async *_watch(prefix: string, ended: AbortSignal): AsyncGenerator<DocumentChange> {
    if (this.#watching) await new Promise(() => {});
    this.#watching = true;
    yield* super._watch(prefix, ended);
  }
}

/** Ends no watch, whatever happens. */
export class WatchesForever extends MemoryControl {
  override watch(prefix: string): AsyncIterable<DocumentChange> {
    return this._watch(prefix, new AbortController().signal);
  }
}

/** Lets the caller see the error with which the abort interrupted the watch. */
export class WatchThrowsAtTheEnd extends MemoryControl {
  override async *watch(prefix: string, signal: AbortSignal): AsyncGenerator<DocumentChange> {
    yield* super.watch(prefix, signal);
    throw new ControlError('CONTROL_ABORTED', 'the watch was aborted', { effect: 'none' });
  }
}

export class IgnoresTheClock extends MemoryControl {
  protected override async _openSession(owner: Owner, leaseMs: number): Promise<Session> {
    return { ...(await super._openSession(owner, leaseMs)), openedAtMs: 0 };
  }

  protected override async _append(entry: NewJournalEntry): Promise<JournalEntry> {
    return { ...(await super._append(entry)), atMs: 0 };
  }
}

export class RepeatsSessionIds extends MemoryControl {
  protected override async _openSession(owner: Owner, leaseMs: number): Promise<Session> {
    return { ...(await super._openSession(owner, leaseMs)), id: 'session' };
  }
}

/** Says yes, and keeps the old lease. */
export class RenewsNothing extends MemoryControl {
  protected override _renewSession(id: string): Promise<Session | undefined> {
    return this._session(id);
  }
}

/** Renews what it should refuse, by making it anew. */
export class RevivesSessions extends MemoryControl {
  protected override async _renewSession(id: string, leaseMs: number): Promise<Session | undefined> {
    const renewed = await super._renewSession(id, leaseMs);
    if (renewed) return renewed;
    const session = await this._session(id);
    return this._openSession(session?.owner ?? OWNER, leaseMs);
  }
}

export class DropsDeadSessions extends MemoryControl {
  protected override async _sessions(): Promise<readonly Session[]> {
    return (await super._sessions()).filter(({ leaseUntilMs }) => leaseUntilMs > this.clock.now());
  }
}

export class NeverEndsSessions extends MemoryControl {
  protected override async _endSession(): Promise<boolean> {
    return true;
  }
}

/** Finds nobody, so that everybody looks dead. */
export class ForgetsSessions extends MemoryControl {
  protected override async _session(): Promise<Session | undefined> {
    return undefined;
  }
}

/** Takes it upon itself to renew whoever is asked about. */
export class RenewsWhenAsked extends MemoryControl {
  protected override async _session(id: string): Promise<Session | undefined> {
    const session = await super._session(id);
    return session && this._renewSession(id, session.leaseMs);
  }
}

/** Goes by its own clock. */
export class JudgesLeases extends MemoryControl {
  protected override async _renewSession(id: string, leaseMs: number): Promise<Session | undefined> {
    const session = await this._session(id);
    if (session && session.leaseUntilMs <= this.clock.now()) return undefined;
    return super._renewSession(id, leaseMs);
  }
}

export class EndsWhatWasRenewed extends MemoryControl {
  protected override _endSession(id: string): Promise<boolean> {
    return super._endSession(id);
  }
}

/** Hides who owns a session. */
export class HidesOwners extends MemoryControl {
  protected override async _session(id: string): Promise<Session | undefined> {
    const session = await super._session(id);
    return session && { ...session, owner: OWNER };
  }
}

/** Forgets half of what is put: an epoch never rises. */
export class ForgetsEpochs extends MemoryControl {
  protected override _put(name: string, value: Json, expected: number | undefined): Promise<Document> {
    const forgetful = typeof value === 'object' && value !== null && 'epoch' in value;
    return super._put(name, forgetful ? { ...value, epoch: 0 } : value, expected);
  }
}

export class JournalNewestFirst extends MemoryControl {
  protected override async _journal(after: number, subject: string | undefined): Promise<JournalEntry[]> {
    return [...(await super._journal(after, subject))].toReversed();
  }
}

export class JournalFromTheStart extends MemoryControl {
  protected override _journal(_after: number, subject: string | undefined): Promise<readonly JournalEntry[]> {
    return super._journal(0, subject);
  }
}

export class JournalSubjectAsPrefix extends MemoryControl {
  protected override async _journal(after: number, subject = ''): Promise<readonly JournalEntry[]> {
    return (await super._journal(after, undefined)).filter((entry) => entry.subject.startsWith(subject));
  }
}

/** Rewrites the past with every entry. */
export class JournalRewrites extends MemoryControl {
  #latest = '';

  protected override _append(entry: NewJournalEntry): Promise<JournalEntry> {
    this.#latest = entry.why;
    return super._append(entry);
  }

  protected override async _journal(
    after: number,
    subject: string | undefined,
  ): Promise<readonly JournalEntry[]> {
    const entries = await super._journal(after, subject);
    return entries.map((entry) => (entries.length > 1 ? { ...entry, why: `${this.#latest}!` } : entry));
  }
}

export class JournalAcceptsAnySubject extends MemoryControl {
  override append(entry: NewJournalEntry): Promise<JournalEntry> {
    return this._append(entry);
  }
}

/** Works on when closed, and whatever the signal says. */
export class NeverRefuses extends MemoryControl {
  override get(name: string): Promise<Document | undefined> {
    return this._get(name);
  }
  override list(prefix: string): Promise<readonly Document[]> {
    return this._list(prefix);
  }
  override put(name: string, value: Json, expected: number | undefined): Promise<Document> {
    return this._put(name, value, expected);
  }
  override async delete(name: string): Promise<void> {
    const document = await this._get(name);
    if (document) await this._delete(name, document.revision);
  }
  override async *watch(): AsyncGenerator<DocumentChange> {}
  override openSession(owner: Owner, leaseMs: number): Promise<Session> {
    return this._openSession(owner, leaseMs);
  }
  override renewSession(_id: string, leaseMs: number): Promise<Session> {
    return this._openSession(OWNER, leaseMs);
  }
  override endSession(id: string, renewals?: number): Promise<boolean> {
    return this._endSession(id, renewals);
  }
  override sessions(): Promise<readonly Session[]> {
    return this._sessions();
  }
  override session(id: string): Promise<Session | undefined> {
    return this._session(id);
  }
  override append(entry: NewJournalEntry): Promise<JournalEntry> {
    return this._append(entry);
  }
  override journal(after: number): Promise<readonly JournalEntry[]> {
    return this._journal(after, undefined);
  }
}

export class ClosesOnce extends MemoryControl {
  #closed = false;

  override async close(): Promise<void> {
    if (this.#closed) throw new ControlError('CONTROL_CLOSED', 'closed already', { effect: 'none' });
    this.#closed = true;
    await super.close();
  }
}

/** Takes everything with it when it closes. */
export class ErasesOnClose extends MemoryControl {
  protected override async _close(): Promise<void> {
    for (const { name, revision } of await this._list('')) await this._delete(name, revision);
    for (const { id } of await this._sessions()) await this._endSession(id);
  }
}

export class HasNoIdentity extends MemoryControl {
  override readonly identity = '';
}

/** Reports success when nobody answered. */
export class SwallowsOutages extends MemoryControl {
  override put(name: string, value: Json, expected: number | undefined): Promise<Document> {
    return quietly(super.put(name, value, expected));
  }
  override delete(name: string, expected: number): Promise<void> {
    return quietly(super.delete(name, expected));
  }
  override openSession(owner: Owner, leaseMs: number): Promise<Session> {
    return quietly(super.openSession(owner, leaseMs));
  }
  override renewSession(id: string, leaseMs: number): Promise<Session> {
    return quietly(super.renewSession(id, leaseMs));
  }
  override endSession(id: string, renewals?: number): Promise<boolean> {
    return quietly(super.endSession(id, renewals));
  }
  override append(entry: NewJournalEntry): Promise<JournalEntry> {
    return quietly(super.append(entry));
  }
}

function quietly<T>(work: Promise<T>): Promise<T> {
  return work.catch(() => undefined as T);
}

const OWNER: Owner = { host: 'nowhere', pid: 0, processStart: '0', bootId: '0', label: 'nobody' };
