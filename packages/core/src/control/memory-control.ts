import { type Json, newId } from '../std/index.ts';
import { compareText } from '../table/index.ts';
import { AbstractControl, type ControlDependencies, type NewJournalEntry } from './abstract-control.ts';
import type { Document, DocumentChange, JournalEntry, Owner, Session } from './control-store.ts';
import { decodeDocument, encodeDocument } from './document-text.ts';
import { revisionMismatch } from './errors.ts';

/** What a name was last written with; no text means that it was deleted. */
interface Entry {
  readonly revision: number;
  readonly text: string | undefined;
}

/** What all handles of one store share. */
interface Data {
  readonly identity: string;
  revision: number;
  readonly entries: Map<string, Entry>;
  readonly sessions: Map<string, Session>;
  readonly journal: JournalEntry[];
  /** Watchers that have seen everything, to be called at the next write. */
  readonly waiting: Set<() => void>;
}

/** A control store in this process's memory: the reference for others, and enough for tests. */
export class MemoryControl extends AbstractControl {
  readonly location = 'memory';
  readonly identity: string;
  readonly #data: Data;

  constructor(dependencies: ControlDependencies, sibling?: MemoryControl) {
    super(dependencies);
    this.#data = sibling ? sibling.#data : emptyData(newId(dependencies.random));
    this.identity = this.#data.identity;
  }

  /** A further handle on the same data, as another process would have; also after this one was closed. */
  another(): MemoryControl {
    return new MemoryControl({ clock: this.clock, random: this.random }, this);
  }

  protected async _get(name: string): Promise<Document | undefined> {
    return documentOf(name, this.#data.entries.get(name));
  }

  protected async _list(prefix: string): Promise<readonly Document[]> {
    return this.#documents(prefix);
  }

  protected async _put(name: string, value: Json, expected: number | undefined): Promise<Document> {
    this.#expect(name, expected);
    const text = encodeDocument(value);
    return { name, revision: this.#write(name, text), value: decodeDocument(text, `the document ${name}`) };
  }

  protected async _delete(name: string, expected: number): Promise<void> {
    this.#expect(name, expected);
    this.#write(name, undefined);
  }

  protected async *_watch(prefix: string, ended: AbortSignal): AsyncGenerator<DocumentChange> {
    let seen = this.#data.revision;
    yield* this.#documents(prefix).map((document): DocumentChange => ({ kind: 'put', document }));
    while (!ended.aborted) {
      const changes = this.#changes(prefix, seen);
      seen = this.#data.revision;
      if (changes.length === 0) await this.#nextWrite(ended);
      yield* changes;
    }
  }

  protected async _openSession(owner: Owner, leaseMs: number): Promise<Session> {
    const session = this.newSession(owner, leaseMs);
    this.#data.sessions.set(session.id, session);
    return copySession(session);
  }

  protected async _renewSession(id: string, leaseMs: number): Promise<Session | undefined> {
    const session = this.#data.sessions.get(id);
    if (!session) return undefined;
    const leaseUntilMs = this.clock.now() + leaseMs;
    const renewed = { ...session, leaseMs, leaseUntilMs, renewals: session.renewals + 1 };
    this.#data.sessions.set(id, renewed);
    return copySession(renewed);
  }

  protected async _endSession(id: string, renewals = Number.POSITIVE_INFINITY): Promise<boolean> {
    const session = this.#data.sessions.get(id);
    if (session && session.renewals > renewals) return false;
    this.#data.sessions.delete(id);
    return true;
  }

  protected async _sessions(): Promise<readonly Session[]> {
    return [...this.#data.sessions.values()].map(copySession);
  }

  protected async _session(id: string): Promise<Session | undefined> {
    const session = this.#data.sessions.get(id);
    return session && copySession(session);
  }

  protected async _append({ who, subject, what, why }: NewJournalEntry): Promise<JournalEntry> {
    const sequence = this.#data.journal.length + 1;
    const entry = { sequence, atMs: this.clock.now(), who, subject, what, why };
    this.#data.journal.push(entry);
    return { ...entry };
  }

  protected async _journal(after: number, subject: string | undefined): Promise<readonly JournalEntry[]> {
    return this.#data.journal
      .filter((entry) => entry.sequence > after && (subject === undefined || entry.subject === subject))
      .map((entry) => ({ ...entry }));
  }

  protected async _close(): Promise<void> {}

  #documents(prefix: string): Document[] {
    return [...this.#data.entries]
      .filter(([name]) => name.startsWith(prefix))
      .toSorted(([a], [b]) => compareText(a, b))
      .flatMap(([name, entry]) => documentOf(name, entry) ?? []);
  }

  #changes(prefix: string, seen: number): DocumentChange[] {
    return [...this.#data.entries]
      .filter(([name, { revision }]) => revision > seen && name.startsWith(prefix))
      .toSorted(([, a], [, b]) => a.revision - b.revision)
      .map(([name, entry]) => {
        const document = documentOf(name, entry);
        return document ? { kind: 'put', document } : { kind: 'deleted', name, revision: entry.revision };
      });
  }

  #expect(name: string, expected: number | undefined): void {
    const actual = documentOf(name, this.#data.entries.get(name))?.revision;
    if (actual !== expected) throw revisionMismatch(name, expected, actual);
  }

  #write(name: string, text: string | undefined): number {
    const revision = ++this.#data.revision;
    this.#data.entries.set(name, { revision, text });
    for (const wake of this.#data.waiting) wake();
    return revision;
  }

  #nextWrite(ended: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#data.waiting.delete(wake);
        ended.removeEventListener('abort', wake);
        resolve();
      };
      this.#data.waiting.add(wake);
      ended.addEventListener('abort', wake, { once: true });
    });
  }
}

function emptyData(identity: string): Data {
  return {
    identity,
    revision: 0,
    entries: new Map(),
    sessions: new Map(),
    journal: [],
    waiting: new Set(),
  };
}

function documentOf(name: string, entry: Entry | undefined): Document | undefined {
  if (entry?.text === undefined) return undefined;
  return { name, revision: entry.revision, value: decodeDocument(entry.text, `the document ${name}`) };
}

function copySession(session: Session): Session {
  return { ...session, owner: { ...session.owner } };
}
