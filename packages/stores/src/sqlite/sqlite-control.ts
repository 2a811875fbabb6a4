import { resolve } from 'node:path';
import type Database from 'better-sqlite3';
import {
  AbstractControl,
  type ControlDependencies,
  type ControlOptions,
  type Document,
  type DocumentChange,
  decodeDocument,
  encodeDocument,
  type JournalEntry,
  type NewJournalEntry,
  type Owner,
  revisionMismatch,
  type Session,
} from 'changeover/control';
import { type Json, newId } from 'changeover/std';
import type { SqliteConnection } from './sqlite-connection.ts';
import { sqliteControlError } from './sqlite-control-errors.ts';
import { openControlFile } from './sqlite-control-file.ts';

export interface SqliteControlOptions extends ControlDependencies {
  readonly path: string;
  /** Whether a missing store is made, with its directory. */
  readonly create: boolean;
  /** How long an operation waits for another process's write; 10 s unless told. */
  readonly busyTimeoutMs?: number;
}

/**
 * Opens a control store in a file of its own, which many processes of one machine may share.
 *
 * Throws `CONTROL_NOT_FOUND` (and makes nothing) without `create`; `CONTROL_NOT_A_STORE` or `CONTROL_FORMAT_UNKNOWN`
 * (and changes nothing) if the file is something else.
 */
export async function openSqliteControl(options: SqliteControlOptions): Promise<SqliteControl> {
  const { create, clock, random, busyTimeoutMs = 10_000 } = options;
  const path = resolve(options.path);
  try {
    const newIdentity = () => newId(random);
    const file = await openControlFile({ path, create, newIdentity, clock, busyTimeoutMs });
    return new SqliteControl(file.connection, file.identity, options);
  } catch (error) {
    throw sqliteControlError(error);
  }
}

/**
 * How often a watch looks for changes. One look is one step in the index of revisions, which costs less than SQLite's
 * own `pragma data_version`, and sees the writes of this connection too.
 */
const WATCH_INTERVAL_MS = 100;

interface DocumentRow {
  readonly name: string;
  readonly revision: number;
  readonly value: string | null;
}

interface SessionRow {
  readonly id: string;
  readonly owner: string;
  readonly opened_at_ms: number;
  readonly lease_until_ms: number;
  readonly lease_ms: number;
  readonly renewals: number;
}

interface JournalRow {
  readonly sequence: number;
  readonly at_ms: number;
  readonly subject: string;
  readonly entry: string;
}

/** Every operation is one transaction, on disk when it returns. */
export class SqliteControl extends AbstractControl {
  readonly location: string;
  readonly identity: string;
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection, identity: string, dependencies: ControlDependencies) {
    super(dependencies);
    this.#connection = connection;
    this.location = connection.path;
    this.identity = identity;
  }

  protected _get(name: string, options: ControlOptions): Promise<Document | undefined> {
    return this.#read(() => this.#find(name), options);
  }

  protected _list(prefix: string, options: ControlOptions): Promise<readonly Document[]> {
    return this.#read(() => this.#documents(prefix), options);
  }

  protected _put(
    name: string,
    value: Json,
    expected: number | undefined,
    options: ControlOptions,
  ): Promise<Document> {
    const text = encodeDocument(value);
    return this.#write(() => {
      this.#expect(name, expected);
      return { name, revision: this.#store(name, text), value: decodeDocument(text, `the document ${name}`) };
    }, options);
  }

  protected _delete(name: string, expected: number, options: ControlOptions): Promise<void> {
    return this.#write(() => {
      this.#expect(name, expected);
      this.#store(name, null);
    }, options);
  }

  protected async *_watch(prefix: string, ended: AbortSignal): AsyncGenerator<DocumentChange> {
    let { changes, seen } = await this.#read(() => this.#firstChanges(prefix));
    for (;;) {
      yield* changes;
      await this.clock.sleep(WATCH_INTERVAL_MS, ended);
      const before = seen;
      ({ changes, seen } = await this.#read(() => this.#changes(prefix, before)));
    }
  }

  protected _openSession(owner: Owner, leaseMs: number): Promise<Session> {
    return this.#write(() => {
      const session = this.newSession(owner, leaseMs);
      this.#sql(
        `insert into sessions (id, owner, opened_at_ms, lease_until_ms, lease_ms, renewals)
         values (?, ?, ?, ?, ?, 0)`,
      ).run(session.id, JSON.stringify(session.owner), session.openedAtMs, session.leaseUntilMs, leaseMs);
      return session;
    });
  }

  protected _renewSession(id: string, leaseMs: number): Promise<Session | undefined> {
    return this.#write(() => {
      const row = this.#sql(
        `update sessions set lease_until_ms = ?, lease_ms = ?, renewals = renewals + 1
         where id = ? returning *`,
      ).get(this.clock.now() + leaseMs, leaseMs, id) as SessionRow | undefined;
      return row && sessionOf(row);
    });
  }

  protected _endSession(id: string, renewals = Number.MAX_SAFE_INTEGER): Promise<boolean> {
    return this.#write(() => {
      this.#sql('delete from sessions where id = ? and renewals <= ?').run(id, renewals);
      return this.#sql('select 1 from sessions where id = ?').get(id) === undefined;
    });
  }

  protected _sessions(): Promise<readonly Session[]> {
    return this.#read(() => {
      const rows = this.#sql('select * from sessions order by opened_at_ms, id').all() as SessionRow[];
      return rows.map(sessionOf);
    });
  }

  protected _session(id: string): Promise<Session | undefined> {
    return this.#read(() => {
      const row = this.#sql('select * from sessions where id = ?').get(id) as SessionRow | undefined;
      return row && sessionOf(row);
    });
  }

  protected _append({ who, subject, what, why }: NewJournalEntry): Promise<JournalEntry> {
    // JSON keeps any text whole; SQLite's own would replace what is not well-formed.
    const entry = JSON.stringify({ who, what, why });
    return this.#write(() => {
      const row = this.#sql('insert into journal (at_ms, subject, entry) values (?, ?, ?) returning *');
      return journalEntryOf(row.get(this.clock.now(), subject, entry) as JournalRow);
    });
  }

  protected _journal(after: number, subject: string | undefined): Promise<readonly JournalEntry[]> {
    return this.#read(() => {
      const rows =
        subject === undefined
          ? this.#sql('select * from journal where sequence > ? order by sequence').all(after)
          : this.#sql('select * from journal where subject = ? and sequence > ? order by sequence').all(
              subject,
              after,
            );
      return (rows as JournalRow[]).map(journalEntryOf);
    });
  }

  protected async _close(): Promise<void> {
    this.#connection.close();
  }

  #find(name: string): Document | undefined {
    const row = this.#sql('select name, revision, value from documents where name = ?').get(name);
    return row === undefined ? undefined : documentOf(row as DocumentRow);
  }

  #expect(name: string, expected: number | undefined): void {
    const actual = this.#find(name)?.revision;
    if (actual !== expected) throw revisionMismatch(name, expected, actual);
  }

  #store(name: string, value: string | null): number {
    const revision = this.#sql('update control set revision = revision + 1 returning revision')
      .pluck()
      .get() as number;
    this.#sql(
      `insert into documents (name, revision, value) values (?, ?, ?)
       on conflict (name) do update set revision = excluded.revision, value = excluded.value`,
    ).run(name, revision, value);
    return revision;
  }

  /** The store's order of names is that of their UTF-8 bytes, in which those with one prefix stand together. */
  #documents(prefix: string): Document[] {
    const documents: Document[] = [];
    const rows = this.#sql('select name, revision, value from documents where name >= ? order by name');
    for (const row of rows.iterate(prefix) as IterableIterator<DocumentRow>) {
      if (!row.name.startsWith(prefix)) break;
      const document = documentOf(row);
      if (document) documents.push(document);
    }
    return documents;
  }

  #firstChanges(prefix: string): { changes: readonly DocumentChange[]; seen: number } {
    const changes = this.#documents(prefix).map((document): DocumentChange => ({ kind: 'put', document }));
    return { changes, seen: this.#sql('select revision from control').pluck().get() as number };
  }

  #changes(prefix: string, before: number): { changes: readonly DocumentChange[]; seen: number } {
    const rows = this.#sql(
      'select name, revision, value from documents where revision > ? order by revision',
    ).all(before) as DocumentRow[];
    const changes = rows.filter(({ name }) => name.startsWith(prefix)).map(changeOf);
    return { changes, seen: rows.at(-1)?.revision ?? before };
  }

  /** Revisions, sequences and times all fit in a double, so that nobody needs a bigint here. */
  #sql(text: string): Database.Statement {
    return this.#connection.statement(text).safeIntegers(false);
  }

  async #read<T>(work: () => T, options: ControlOptions = {}): Promise<T> {
    try {
      return await this.#connection.read(work, options);
    } catch (error) {
      throw sqliteControlError(error);
    }
  }

  async #write<T>(work: () => T, options: ControlOptions = {}): Promise<T> {
    try {
      return await this.#connection.write(work, options);
    } catch (error) {
      throw sqliteControlError(error);
    }
  }
}

function documentOf({ name, revision, value }: DocumentRow): Document | undefined {
  if (value === null) return undefined;
  return { name, revision, value: decodeDocument(value, `the document ${name}`) };
}

function changeOf(row: DocumentRow): DocumentChange {
  const document = documentOf(row);
  return document ? { kind: 'put', document } : { kind: 'deleted', name: row.name, revision: row.revision };
}

function sessionOf(row: SessionRow): Session {
  const owner = decodeDocument(row.owner, `the session ${row.id}`) as unknown as Owner;
  const lease = { leaseMs: row.lease_ms, renewals: row.renewals, leaseUntilMs: row.lease_until_ms };
  return { id: row.id, owner, openedAtMs: row.opened_at_ms, ...lease };
}

function journalEntryOf({ sequence, at_ms: atMs, subject, entry }: JournalRow): JournalEntry {
  const told = decodeDocument(entry, `the entry ${sequence} in the journal`);
  const { who, what, why } = told as unknown as Pick<JournalEntry, 'who' | 'what' | 'why'>;
  return { sequence, atMs, who, subject, what, why };
}
