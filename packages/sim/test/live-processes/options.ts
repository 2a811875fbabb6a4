/** What every program is told, as JSON in its only argument. */
export interface ProgramOptions {
  /** The path of the control store. */
  readonly control: string;
  readonly migration: string;
  readonly leaseMs: number;
  /** Names the process among all that there were. */
  readonly id: number;
}

export interface ClientOptions extends ProgramOptions {
  /** Where its calls are written down. */
  readonly file: string;
  readonly group: string;
  readonly partitions: readonly string[];
  readonly rowKeys: readonly string[];
  /** Between two calls it waits up to so long. */
  readonly thinkMs: number;
}

export function optionsGiven(): unknown {
  return JSON.parse(process.argv[2] ?? '');
}

/** Aborts when the process is asked to end. */
export function endAsked(): AbortSignal {
  const ended = new AbortController();
  process.once('SIGTERM', () => ended.abort());
  return ended.signal;
}
