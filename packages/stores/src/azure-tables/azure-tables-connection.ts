import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import {
  createDefaultHttpClient,
  createPipelineRequest,
  type HttpClient,
  type Pipeline,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { AzureNamedKeyCredential, AzureSASCredential, TableServiceClient } from '@azure/data-tables';
import type { Clock } from 'changeover/std';
import { refusal, TableError } from 'changeover/table';
import {
  azureTablesError,
  codeOf,
  connectionError,
  readServiceError,
  type ServiceError,
} from './azure-tables-errors.ts';
import { type AzureTablesFlavour, flavourOf } from './azure-tables-flavour.ts';
import { TIMEOUT_MS } from './azure-tables-manifest.ts';
import { patience } from './azure-tables-patience.ts';

/** An identity of Microsoft Entra, such as those of `@azure/identity`. */
export interface TokenSource {
  getToken(
    scopes: string | string[],
    options?: object,
  ): Promise<{ token: string; expiresOnTimestamp: number } | null>;
}

/** An account, and who asks: a shared key, a SAS without its question mark, a token, or anybody at the emulator. */
export interface AzureTablesPlace {
  /** Without a table: `https://ACCOUNT.table.core.windows.net`. */
  readonly endpoint: string;
  readonly credential:
    | { readonly name: string; readonly key: string }
    | { readonly sas: string }
    | TokenSource
    | 'emulator';
}

export interface AzureTablesPatience {
  /** How long one request may take, here and at the service; 30 000 ms, which is also the most. */
  readonly timeoutMs?: number;
  /** How long in all an operation waits and tries again while the service is busy; 60 000 ms. */
  readonly busyMs?: number;
}

export interface AzureTablesConnectionOptions extends AzureTablesPatience {
  readonly place: AzureTablesPlace;
  readonly clock: Clock;
}

export interface AzureTablesRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the endpoint, encoded, with parameters: `/orders()?$top=1`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether it may be that nobody knows what it did. */
  readonly isWrite: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** An answer. Only `ok` ones have been successful. */
export type AzureTablesAnswer =
  | { readonly ok: true; readonly body: string; header(name: string): string | undefined }
  | { readonly ok: false; readonly error: ServiceError };

const VERSION = '2019-02-02';
const SOCKETS_MAX = 64;
const BUSY_MS = 60_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 8_000;
/** A read that got no answer is safe to send again. */
const READ_TRIES = 3;

/** Of the client's own: we look at texts ourselves, and never let a request be sent again behind our back. */
const UNWANTED_POLICIES = [
  'serializationPolicy',
  'deserializationPolicy',
  'decompressResponsePolicy',
  'multipartPolicy',
  'formDataPolicy',
  'defaultRetryPolicy',
];

/**
 * Requests to one account, through the pipeline of the official client, which signs them; with a pool of connections, and
 * one budget of time for a service that is busy.
 */
export class AzureTablesConnection {
  /** For people. */
  readonly location: string;
  readonly endpoint: string;
  readonly timeoutMs: number;
  readonly flavour: AzureTablesFlavour;
  readonly #pipeline: Pipeline;
  readonly #http: HttpClient = createDefaultHttpClient();
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #clock: Clock;
  readonly #busyMs: number;
  #requests = 0;
  #closed = false;

  constructor({ place, clock, timeoutMs = TIMEOUT_MS, busyMs = BUSY_MS }: AzureTablesConnectionOptions) {
    this.endpoint = place.endpoint.replace(/\/+$/, '');
    this.location = `azure-tables:${this.endpoint}`;
    this.timeoutMs = Math.min(timeoutMs, TIMEOUT_MS);
    this.flavour = flavourOf(this.endpoint);
    this.#pipeline = pipelineOf(this.endpoint, place);
    const pool = { keepAlive: true, maxSockets: SOCKETS_MAX };
    this.#agent = this.endpoint.startsWith('https:') ? new HttpsAgent(pool) : new HttpAgent(pool);
    this.#clock = clock;
    this.#busyMs = busyMs;
  }

  /** How many requests were sent so far: what the service bills as transactions, one each. */
  get requests(): number {
    return this.#requests;
  }

  /** Sends a request, and throws unless it was successful. */
  async run(request: AzureTablesRequest): Promise<Extract<AzureTablesAnswer, { ok: true }>> {
    const answer = await this.send(request);
    if (answer.ok) return answer;
    throw azureTablesError(answer.error, this.location, { isWrite: request.isWrite });
  }

  /**
   * Sends a request, and again while the service is busy. Refusals are answers, for the caller to judge.
   *
   * Throws `TABLE_THROTTLED` once the budget is spent, `TABLE_TIMEOUT`, `TABLE_UNAVAILABLE`, `TABLE_ABORTED`, `TABLE_CLOSED`.
   */
  async send(request: AzureTablesRequest): Promise<AzureTablesAnswer> {
    const until = this.#clock.now() + this.#busyMs;
    for (let tries = 1; ; tries += 1) {
      const response = await this.#ask(request, tries, until);
      if (!response) continue;
      if (response.status < 400) return success(response);
      const error = readServiceError(
        response.status,
        response.headers.get('x-ms-error-code'),
        response.bodyAsText ?? '',
      );
      if (!isBusy(error, request)) return { ok: false, error };
      const pause = pauseOf(response, tries);
      if (this.#clock.now() + pause > until) throw azureTablesError(error, this.location, request);
      await this.#pause(pause, request);
    }
  }

  /** Begins to spend the time that one operation may take to try again; tells whether it is over. */
  budget(): () => boolean {
    const until = this.#clock.now() + this.#busyMs;
    return () => this.#clock.now() >= until;
  }

  close(): void {
    this.#closed = true;
    this.#agent.destroy();
  }

  /** Undefined if there was no answer, and asking again is safe. */
  async #ask(
    request: AzureTablesRequest,
    tries: number,
    until: number,
  ): Promise<PipelineResponse | undefined> {
    if (this.#closed) throw refusal('TABLE_CLOSED', `${this.location} is closed`);
    const { isWrite, signal } = request;
    this.#requests += 1;
    const waiting = patience(this.timeoutMs, signal);
    try {
      return await this.#pipeline.sendRequest(this.#http, this.#requestOf(request, waiting.signal));
    } catch (cause) {
      if (signal?.aborted) throw aborted(signal, isWrite ? 'unknown' : 'none');
      if (this.#closed)
        throw new TableError('TABLE_CLOSED', `${this.location} was closed`, {
          effect: isWrite ? 'unknown' : 'none',
          cause,
        });
      if (cause instanceof Error && cause.name === 'AbortError') {
        if (isWrite || this.#clock.now() >= until) throw this.#timeout(isWrite, cause);
        return undefined;
      }
      const error = connectionError(cause, this.location, isWrite);
      if (isWrite || tries >= READ_TRIES) throw error;
      return undefined;
    } finally {
      waiting.end();
    }
  }

  #requestOf({ method, path, headers = {}, body }: AzureTablesRequest, abortSignal: AbortSignal) {
    // The service is told, too: nothing takes effect after that.
    const timeout = `${path.includes('?') ? '&' : '?'}timeout=${Math.ceil(this.timeoutMs / 1000)}`;
    const request = createPipelineRequest({
      url: this.endpoint + path + timeout,
      method,
      allowInsecureConnection: this.endpoint.startsWith('http:'),
      abortSignal,
      ...(body === undefined ? {} : { body }),
    });
    request.agent = this.#agent as NonNullable<typeof request.agent>;
    request.headers.set('x-ms-version', VERSION);
    request.headers.set('DataServiceVersion', '3.0');
    request.headers.set('Accept', 'application/json;odata=minimalmetadata');
    if (body !== undefined) request.headers.set('Content-Type', 'application/json');
    for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
    return request;
  }

  #timeout(isWrite: boolean, cause: Error): TableError {
    const message = `${this.location}: no answer within ${this.timeoutMs} ms`;
    return new TableError('TABLE_TIMEOUT', message, { effect: isWrite ? 'unknown' : 'none', cause });
  }

  async #pause(ms: number, { signal }: AzureTablesRequest): Promise<void> {
    try {
      await this.#clock.sleep(ms, signal);
    } catch (error) {
      if (signal?.aborted) throw aborted(signal, 'none');
      throw error;
    }
  }
}

function pipelineOf(endpoint: string, { credential }: AzureTablesPlace): Pipeline {
  const options = { allowInsecureConnection: endpoint.startsWith('http:') };
  const { pipeline } = clientOf(endpoint, credential, options);
  for (const name of UNWANTED_POLICIES) pipeline.removePolicy({ name });
  return pipeline;
}

function clientOf(
  endpoint: string,
  credential: AzureTablesPlace['credential'],
  options: { readonly allowInsecureConnection: boolean },
): TableServiceClient {
  if (credential === 'emulator') {
    return TableServiceClient.fromConnectionString('UseDevelopmentStorage=true', options);
  }
  if ('sas' in credential) {
    return new TableServiceClient(endpoint, new AzureSASCredential(credential.sas), options);
  }
  if ('key' in credential) {
    const named = new AzureNamedKeyCredential(credential.name, credential.key);
    return new TableServiceClient(endpoint, named, options);
  }
  return new TableServiceClient(endpoint, credential, options);
}

function success(response: PipelineResponse): AzureTablesAnswer {
  return { ok: true, body: response.bodyAsText ?? '', header: (name) => response.headers.get(name) };
}

/** Whether the service says that it did nothing for now. That of a read is also said by one that ran out of time. */
function isBusy(error: ServiceError, { isWrite }: AzureTablesRequest): boolean {
  const code = codeOf(error);
  if (code === 'TABLE_THROTTLED') return true;
  return !isWrite && (code === 'TABLE_TIMEOUT' || error.status === 503 || error.status === 500);
}

function pauseOf(response: PipelineResponse, tries: number): number {
  const asked = Number(response.headers.get('retry-after')) * 1000;
  return asked > 0 ? asked : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1));
}

function aborted(signal: AbortSignal, effect: 'none' | 'unknown'): TableError {
  return new TableError('TABLE_ABORTED', 'the operation was aborted', { effect, cause: signal.reason });
}
