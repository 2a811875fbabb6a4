import type { Clock } from 'changeover/std';
import type { Store } from 'changeover/table';
import type { StoreUrl } from './store-url.ts';

export interface ResolveOptions {
  /** `read` changes nothing at the store; `write` may make it once a table is created. */
  readonly mode: 'read' | 'write';
  readonly clock: Clock;
  /** Where `SCHEME:env:NAME` looks. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What relative paths are relative to; the process's working directory unless told. */
  readonly cwd?: string;
}

interface OpenedStore {
  readonly store: Store;
  /** Scheme and place as a URL begins with them, good from any working directory. It has no secrets in it. */
  readonly prefix: string;
  /** What follows it, where that is not what the URL had, but must mean the same from anywhere, too. */
  readonly suffix?: string;
  /** The table that is meant, where the URL need not name it behind a `#`. */
  readonly table?: string;
}

/** What the index of a vendor's folder exports: opens the store that the parts of a URL name. */
export type OpenStore = (url: StoreUrl, options: ResolveOptions) => Promise<OpenedStore>;
