import { type Clock, type Effect, isCode } from 'changeover/std';
import { refusal, TableError } from 'changeover/table';
import pg from 'pg';
import type { CopiedIn, CopyIn } from './postgres-copy.ts';
import { isConflict, isRefusal, postgresError } from './postgres-errors.ts';
import { PostgresSession } from './postgres-session.ts';
import type { Statement, StoredCells } from './postgres-statement.ts';

/** Where a database is, and as whom to go there. What is undefined the driver takes from its own defaults. */
export interface PostgresPlace {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string | undefined;
  /** Undefined if `~/.pgpass` has it, or nobody asks for one. */
  readonly password: string | undefined;
  readonly ssl: boolean | { readonly rejectUnauthorized: boolean };
}

export interface PostgresLimits {
  /** Connections at once; further work waits for one of them. */
  readonly connections?: number;
  readonly connectTimeoutMs?: number;
  /** How long to wait for another session's lock. */
  readonly lockTimeoutMs?: number;
  /** How long the server may work on one statement. */
  readonly statementTimeoutMs?: number;
  /** How long to wait for a server that does not answer at all, beyond what a statement may take. */
  readonly silenceTimeoutMs?: number;
}

export interface PostgresConnectionOptions extends PostgresLimits {
  readonly place: PostgresPlace;
  /** For people; without secrets. */
  readonly location: string;
  /** `read` has the server refuse every write. */
  readonly mode: 'read' | 'write';
  readonly clock: Clock;
}

export interface PostgresRequest {
  readonly signal?: AbortSignal;
}

export interface TransactionOptions extends PostgresRequest {
  /** `fresh` sees with each statement what others have committed by then; else all is of one instant. */
  readonly sees?: 'instant' | 'fresh';
  /** For statements that read much of a table: no limit to how long one may take, and any plan that the server likes. */
  readonly patient?: boolean;
  /** Statements without parameters, sent along with the begin, which give nothing or fail. */
  readonly first?: readonly string[];
}

const DEFAULTS: Required<PostgresLimits> = {
  connections: 10,
  connectTimeoutMs: 10_000,
  lockTimeoutMs: 10_000,
  statementTimeoutMs: 60_000,
  silenceTimeoutMs: 15_000,
};

/** How long the same work is tried again while others are in its way, and how long to pause before the first time. */
const CONFLICT_TIMEOUT_MS = 10_000;
const CONFLICT_PAUSE_MS = 2;
const CONFLICT_PAUSE_MAX_MS = 100;

const PATIENTLY =
  'set local statement_timeout = 0; set local enable_seqscan = on; set local enable_sort = on';

/**
 * The connections to one database. A piece of work is one statement, which is a transaction by itself and one round trip,
 * or one transaction of several.
 *
 * Every transaction sees one instant (`repeatable read`): who meets a row that was changed since is refused by the
 * server, without effect, and tries again. After a connection was lost only reads are tried again.
 */
export class PostgresConnection {
  readonly location: string;
  /** How long the server may go on with a statement whose caller is gone. */
  readonly statementTimeoutMs: number;
  readonly #pool: pg.Pool;
  readonly #clock: Clock;
  #roundTrips = 0;
  #closed = false;

  constructor(options: PostgresConnectionOptions) {
    const limits = { ...DEFAULTS, ...options };
    this.location = options.location;
    this.statementTimeoutMs = limits.statementTimeoutMs;
    this.#clock = options.clock;
    this.#pool = new pg.Pool(poolConfig(options, limits));
    // A connection that dies while nobody uses it is gone from the pool, and that is all there is to it.
    this.#pool.on('error', () => undefined);
    // One that dies at work fails its work besides.
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /** How often a request went to the server and its answer was waited for; without connecting. */
  get roundTrips(): number {
    return this.#roundTrips;
  }

  /** Runs one statement that changes nothing. */
  read(statement: Statement, request: PostgresRequest = {}): Promise<readonly StoredCells[]> {
    return this.#work('none', request, (session) => session.run(statement));
  }

  /**
   * Runs one statement that is a whole transaction. An error has the effect `none` if the server refused it, and `unknown`
   * if the connection was lost.
   */
  write(statement: Statement, request: PostgresRequest = {}): Promise<readonly StoredCells[]> {
    return this.#work('unknown', request, (session) => session.run(statement));
  }

  /** Runs `work` in one transaction. Whatever fails before the commit was sent has no effect. It may run several times. */
  transact<T>(
    work: (session: PostgresSession) => Promise<T>,
    { sees = 'instant', patient = false, first = [], ...request }: TransactionOptions = {},
  ): Promise<T> {
    const isolation = sees === 'instant' ? 'repeatable read' : 'read committed';
    const begin = [`begin isolation level ${isolation}`, ...(patient ? [PATIENTLY] : []), ...first].join(
      '; ',
    );
    let committing = false;
    return this.#work(
      () => (committing ? 'unknown' : 'none'),
      request,
      async (session) => {
        committing = false;
        try {
          await session.command(begin);
          const result = await work(session);
          committing = true;
          await session.command('commit');
          return result;
        } catch (error) {
          if (!committing && !session.broken)
            await session.command('rollback').catch(() => session.abandon());
          throw error;
        }
      },
    );
  }

  /** As {@link write}, with rows that go by COPY. */
  copyIn(copy: CopyIn, request: PostgresRequest = {}): Promise<CopiedIn> {
    return this.#work('unknown', request, (session) => session.copyIn(copy));
  }

  /** Runs `work` on one connection, statement by statement, without a transaction around it. */
  alone<T>(work: (session: PostgresSession) => Promise<T>, request: PostgresRequest = {}): Promise<T> {
    return this.#work('unknown', request, work);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#pool.end();
  }

  /** `lost` is the effect of the work if nobody can tell what became of it. */
  async #work<T>(
    lost: Effect | (() => Effect),
    { signal }: PostgresRequest,
    work: (session: PostgresSession) => Promise<T>,
  ): Promise<T> {
    const endMs = this.#clock.monotonic() + CONFLICT_TIMEOUT_MS;
    let pauseMs = CONFLICT_PAUSE_MS;
    for (let attempt = 1; ; attempt += 1) {
      this.#checkReady(signal);
      const session = await this.#connect();
      try {
        return await work(session);
      } catch (thrown) {
        const effect = isRefusal(thrown) ? 'none' : typeof lost === 'function' ? lost() : lost;
        const error = postgresError(thrown, this.location, effect);
        const cut = session.broken && isCode(error, 'TABLE_UNAVAILABLE') && effect === 'none';
        const waits = isConflict(thrown) && this.#clock.monotonic() < endMs;
        if (!waits && !(cut && attempt === 1)) throw error;
      } finally {
        this.#roundTrips += session.roundTrips;
        session.release();
      }
      await this.#pause(pauseMs * (attempt % 3), signal);
      pauseMs = Math.min(pauseMs * 2, CONFLICT_PAUSE_MAX_MS);
    }
  }

  async #connect(): Promise<PostgresSession> {
    try {
      return new PostgresSession(await this.#pool.connect());
    } catch (error) {
      if (this.#closed) throw closedError(this.location);
      throw postgresError(error, this.location, 'none');
    }
  }

  async #pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.#clock.sleep(ms, signal);
    } catch (cause) {
      throw abortedError(cause);
    }
  }

  #checkReady(signal: AbortSignal | undefined): void {
    if (this.#closed) throw closedError(this.location);
    if (signal?.aborted) throw abortedError(signal.reason);
  }
}

function closedError(location: string): TableError {
  return refusal('TABLE_CLOSED', `the store ${location} is closed`);
}

function abortedError(cause: unknown): TableError {
  return new TableError('TABLE_ABORTED', 'aborted before the server was asked', { effect: 'none', cause });
}

function poolConfig(
  { place, mode }: PostgresConnectionOptions,
  limits: Required<PostgresLimits>,
): pg.PoolConfig {
  const { user, password, ssl, ...where } = place;
  return {
    ...where,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ssl: ssl,
    Client: clientThatGivesUp(limits.connectTimeoutMs),
    max: limits.connections,
    application_name: 'changeover',
    keepAlive: true,
    // A timer for each piece of work would cost more than a connection that waits.
    idleTimeoutMillis: 0,
    query_timeout: limits.statementTimeoutMs + limits.silenceTimeoutMs,
    options: sessionOptions(mode, limits),
  } as pg.PoolConfig;
}

/** The pool's own timeout would also end the waiting for a connection that is at work, which is no failure. */
function clientThatGivesUp(connectionTimeoutMillis: number): typeof pg.Client {
  return class extends pg.Client {
    constructor(config: pg.ClientConfig) {
      // The pool hides the password from enumeration: a copy would lose it.
      super(Object.assign(Object.create(config) as pg.ClientConfig, { connectionTimeoutMillis }));
    }
  };
}

/**
 * What every session of ours has set from its first moment. Rows are read in the order of an index, and rows of a batch
 * looked up there one by one in the order that they are locked in, whether or not the server has statistics of the table
 * yet: without them it would sort the rest of the table for each page. One plan serves a statement whatever its
 * parameters are; making another, or compiling it, would take longer than most of ours do.
 */
function sessionOptions(
  mode: 'read' | 'write',
  { lockTimeoutMs, statementTimeoutMs }: Required<PostgresLimits>,
): string {
  const settings: Readonly<Record<string, string | number>> = {
    default_transaction_isolation: 'repeatable\\ read',
    // Never off: an operator who made a database, a role or a server read-only meant us too.
    ...(mode === 'read' ? { default_transaction_read_only: 'on' } : {}),
    standard_conforming_strings: 'on',
    lock_timeout: lockTimeoutMs,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: statementTimeoutMs,
    enable_seqscan: 'off',
    enable_sort: 'off',
    enable_hashjoin: 'off',
    enable_mergejoin: 'off',
    jit: 'off',
    plan_cache_mode: 'force_generic_plan',
    timezone: 'UTC',
    datestyle: 'ISO',
    intervalstyle: 'iso_8601',
    extra_float_digits: 1,
    bytea_output: 'hex',
    client_min_messages: 'error',
  };
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}
