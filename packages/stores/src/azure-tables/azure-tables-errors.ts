import type { Effect } from 'changeover/std';
import { TableError, type TableErrorCode } from 'changeover/table';

/** What the service answered, read as far as errors go. */
export interface ServiceError {
  readonly status: number;
  /** The service's own word, such as `EntityAlreadyExists`; empty if it gave none. */
  readonly code: string;
  readonly message: string;
  /** Which write of a batch it is about. */
  readonly index: number | undefined;
}

interface Signal {
  readonly status?: number;
  readonly codes?: readonly string[];
  readonly code: TableErrorCode;
  /** What a write did that was answered so. */
  readonly effect: Effect;
  readonly hint?: string;
}

/** From the service's words to ours; the first that fits counts. What is not here is unavailable, with unknown effect. */
const SIGNALS: readonly Signal[] = [
  { codes: ['EntityAlreadyExists'], code: 'TABLE_ROW_EXISTS', effect: 'none' },
  { codes: ['TableAlreadyExists'], code: 'TABLE_ALREADY_EXISTS', effect: 'none' },
  { codes: ['TableNotFound'], code: 'TABLE_NOT_FOUND', effect: 'none' },
  {
    codes: ['TableBeingDeleted'],
    code: 'TABLE_THROTTLED',
    effect: 'none',
    hint: 'A table of this name is being deleted, which takes the service about a minute; try again then.',
  },
  { codes: ['EntityNotFound', 'ResourceNotFound'], code: 'TABLE_ROW_ABSENT', effect: 'none' },
  {
    codes: ['UpdateConditionNotSatisfied', 'ConditionNotMet'],
    code: 'TABLE_VERSION_MISMATCH',
    effect: 'none',
  },
  {
    codes: [
      'EntityTooLarge',
      'RequestBodyTooLarge',
      'PropertyValueTooLarge',
      'TooManyProperties',
      'KeyValueTooLarge',
    ],
    code: 'TABLE_TOO_LARGE',
    effect: 'none',
  },
  { codes: ['PropertyNameInvalid', 'PropertyNameTooLong'], code: 'TABLE_NAME_INVALID', effect: 'none' },
  {
    codes: ['ServerBusy', 'TooManyRequests', 'AccountIOPSLimitExceeded'],
    code: 'TABLE_THROTTLED',
    effect: 'none',
  },
  { codes: ['OperationTimedOut'], code: 'TABLE_TIMEOUT', effect: 'unknown' },
  {
    codes: ['AccountIsDisabled'],
    code: 'TABLE_PERMISSION_DENIED',
    effect: 'none',
    hint: 'The account is disabled; look at it in the portal.',
  },
  { status: 429, code: 'TABLE_THROTTLED', effect: 'none' },
  { status: 412, code: 'TABLE_VERSION_MISMATCH', effect: 'none' },
  { status: 413, code: 'TABLE_TOO_LARGE', effect: 'none' },
  {
    status: 401,
    code: 'TABLE_PERMISSION_DENIED',
    effect: 'none',
    hint: 'Give a key, a SAS or a connection string by the environment: azure-tables:env:NAME.',
  },
  {
    status: 403,
    code: 'TABLE_PERMISSION_DENIED',
    effect: 'none',
    hint: 'The key may be wrong, or the SAS be over, or not allow this.',
  },
  { status: 507, code: 'TABLE_FULL', effect: 'none' },
];

/** Reads an answer of status 400 or above. */
export function readServiceError(status: number, header: string | undefined, body: string): ServiceError {
  const { code, message } = fromJson(body) ?? fromXml(body);
  const [, index, words] = /^(\d{1,3}):(.*)$/s.exec(message) ?? [];
  return {
    status,
    code: code || (header ?? ''),
    message: firstLine(words ?? message),
    index: index === undefined ? undefined : Number(index),
  };
}

/** The error to throw for an answer. Reads have no effect, whatever they were answered. */
export function azureTablesError(
  error: ServiceError,
  location: string,
  { isWrite, index }: { readonly isWrite: boolean; readonly index?: number | undefined },
): TableError {
  const { code, effect, hint } = signalOf(error);
  const word = error.code === '' ? `status ${error.status}` : error.code;
  const details = index === undefined ? { service: error.code } : { index, service: error.code };
  return new TableError(code, `${location}: ${error.message || 'the service refused'} (${word})`, {
    effect: isWrite ? effect : 'none',
    details,
    ...(hint === undefined ? {} : { hint }),
  });
}

export function codeOf(error: ServiceError): TableErrorCode {
  return signalOf(error).code;
}

/** Whether a write that was answered so may have been applied. */
export function isUnknown(error: ServiceError): boolean {
  return signalOf(error).effect === 'unknown';
}

function signalOf({ status, code }: ServiceError): Signal {
  const known = SIGNALS.find(
    (signal) =>
      signal.codes?.includes(code) ||
      ((code === '' || signal.status === 403 || signal.status === 401 || signal.status === 429) &&
        signal.status === status),
  );
  return known ?? { code: 'TABLE_UNAVAILABLE', effect: status < 500 ? 'none' : 'unknown' };
}

/** Where nobody listens, or nobody is found, a request never left. */
const NEVER_LEFT: readonly string[] = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
];

/** The error of a request that got no answer. */
export function connectionError(cause: unknown, location: string, isWrite: boolean): TableError {
  const code = causeCode(cause);
  const effect: Effect = !isWrite || (code !== undefined && NEVER_LEFT.includes(code)) ? 'none' : 'unknown';
  const words = code ?? (cause instanceof Error ? cause.name : 'no answer');
  return new TableError('TABLE_UNAVAILABLE', `${location}: the service does not answer (${words})`, {
    effect,
    cause,
  });
}

function causeCode(cause: unknown): string | undefined {
  for (let error = cause; error instanceof Error; error = error.cause) {
    if ('code' in error && typeof error.code === 'string' && error.code !== 'REQUEST_SEND_ERROR')
      return error.code;
    if (error instanceof AggregateError) return causeCode(error.errors[0]);
  }
  return undefined;
}

function fromJson(body: string): { readonly code: string; readonly message: string } | undefined {
  try {
    const { 'odata.error': error } = JSON.parse(body) as {
      'odata.error'?: { code?: unknown; message?: { value?: unknown } };
    };
    return { code: textOf(error?.code), message: textOf(error?.message?.value) };
  } catch {
    // It is not JSON; the caller reads it as what it may be else.
    return undefined;
  }
}

function fromXml(body: string): { readonly code: string; readonly message: string } {
  const element = (name: string) => new RegExp(`<${name}[^>]*>([^<]*)</${name}>`, 'i').exec(body)?.[1] ?? '';
  return { code: element('Code'), message: element('Message') };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.trim() ?? '';
}
