import type {
  ControlOptions,
  ControlStore,
  Document,
  DocumentChange,
  JournalEntry,
  Owner,
  Session,
} from 'changeover/control';
import type { Json } from 'changeover/std';

/**
 * A control store that does not exist until something is written to it: reads find nothing, the first write makes it.
 *
 * So a move that is refused leaves nothing behind, not even an empty control store.
 */
export class DeferredControl implements ControlStore {
  readonly location: string;
  readonly #make: () => Promise<ControlStore>;
  #making: Promise<ControlStore> | undefined;
  #made: ControlStore | undefined;

  constructor(location: string, make: () => Promise<ControlStore>) {
    this.location = location;
    this.#make = make;
  }

  /** Empty until the store is made, and so the same as no mark's. */
  get identity(): string {
    return this.#made?.identity ?? '';
  }

  async get(name: string, options?: ControlOptions): Promise<Document | undefined> {
    return this.#made?.get(name, options);
  }

  async list(prefix: string, options?: ControlOptions): Promise<readonly Document[]> {
    return this.#made?.list(prefix, options) ?? [];
  }

  async put(
    name: string,
    value: Json,
    expected: number | undefined,
    options?: ControlOptions,
  ): Promise<Document> {
    return (await this.#store()).put(name, value, expected, options);
  }

  async delete(name: string, expected: number, options?: ControlOptions): Promise<void> {
    return (await this.#store()).delete(name, expected, options);
  }

  async *watch(prefix: string, signal: AbortSignal): AsyncIterable<DocumentChange> {
    yield* (await this.#store()).watch(prefix, signal);
  }

  async openSession(owner: Owner, leaseMs: number): Promise<Session> {
    return (await this.#store()).openSession(owner, leaseMs);
  }

  async renewSession(id: string, leaseMs: number): Promise<Session> {
    return (await this.#store()).renewSession(id, leaseMs);
  }

  async endSession(id: string, renewals?: number): Promise<boolean> {
    return (await this.#store()).endSession(id, renewals);
  }

  async sessions(): Promise<readonly Session[]> {
    return this.#made?.sessions() ?? [];
  }

  async session(id: string): Promise<Session | undefined> {
    return this.#made?.session(id);
  }

  async append(entry: Omit<JournalEntry, 'sequence' | 'atMs'>): Promise<JournalEntry> {
    return (await this.#store()).append(entry);
  }

  async journal(after: number, subject?: string): Promise<readonly JournalEntry[]> {
    return this.#made?.journal(after, subject) ?? [];
  }

  async close(): Promise<void> {
    await this.#made?.close();
  }

  async #store(): Promise<ControlStore> {
    this.#making ??= this.#make();
    this.#made = await this.#making;
    return this.#made;
  }
}
