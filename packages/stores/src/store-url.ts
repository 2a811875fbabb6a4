import { OperationalError } from 'changeover/std';
import { nearestName } from './nearest-name.ts';

export type StoreUrlErrorCode =
  | 'STORE_URL_INVALID'
  | 'STORE_SCHEME_UNKNOWN'
  | 'STORE_PARAMETER_UNKNOWN'
  | 'STORE_SECRET_IN_URL'
  | 'STORE_DRIVER_MISSING';

/** A URL that names no store. Nothing was opened. */
export class StoreUrlError extends OperationalError<StoreUrlErrorCode> {}

/** The parts of `scheme:place?name=value&…#table`, percent-decoded but for {@link prefix} and {@link suffix}. */
export interface StoreUrl {
  /** Scheme and place as they were written, for hints that put another URL together. */
  readonly prefix: string;
  /** Parameters and table as they were written, with the marks before them. */
  readonly suffix: string;
  readonly scheme: string;
  readonly place: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly table: string | undefined;
}

/**
 * Takes a URL apart. Throws `STORE_URL_INVALID`, and `STORE_SECRET_IN_URL` without repeating the URL.
 *
 * This is not the WHATWG's idea of a URL, which would change the spelling of paths; it only splits and decodes.
 */
export function parseStoreUrl(url: string): StoreUrl {
  refuseSecrets(url);
  const match =
    /^(?<prefix>(?<scheme>[a-zA-Z][a-zA-Z0-9+.-]*):(?<place>[^?#]*))(?<suffix>(?:\?(?<query>[^#]*))?(?:#(?<table>.*))?)$/s;
  const parts = match.exec(url)?.groups;
  if (!parts) {
    throw urlError(
      'STORE_URL_INVALID',
      `${url} names no store`,
      'Write the store first, as in sqlite:app.db#orders.',
    );
  }
  const table = parts['table'] === undefined ? undefined : decode(url, 'table name', parts['table']);
  if (table === '') throw urlError('STORE_URL_INVALID', `${url} ends with an empty table name`);
  const place = decode(url, 'place', parts['place'] as string);
  if (place === '') throw urlError('STORE_URL_INVALID', `${url} does not say where`);
  return {
    prefix: parts['prefix'] as string,
    suffix: parts['suffix'] as string,
    scheme: parts['scheme'] as string,
    place,
    parameters: parametersOf(url, parts['query']),
    table,
  };
}

/** A place as {@link parseStoreUrl} reads it back. */
export function encodePlace(place: string): string {
  return place.replaceAll(/[%?#]/g, encodeURIComponent);
}

/** Throws `STORE_PARAMETER_UNKNOWN` if the URL has a parameter that is not among the known ones. */
export function checkParameters({ scheme, parameters }: StoreUrl, known: readonly string[]): void {
  for (const name of parameters.keys()) {
    if (known.includes(name)) continue;
    const near = nearestName(name, known);
    const hint =
      near === undefined
        ? `Known: ${known.join(', ')}.`
        : `Did you mean ${near}? Known: ${known.join(', ')}.`;
    throw urlError('STORE_PARAMETER_UNKNOWN', `${scheme}: has no parameter ${JSON.stringify(name)}`, hint, {
      parameter: name,
    });
  }
}

export function urlError(
  code: StoreUrlErrorCode,
  message: string,
  hint?: string,
  details: Readonly<Record<string, unknown>> = {},
): StoreUrlError {
  return new StoreUrlError(code, message, {
    effect: 'none',
    details,
    ...(hint === undefined ? {} : { hint }),
  });
}

const SECRET_PARAMETER = /[?&](?<name>password|passwd|pwd|secret|token)=/i;

/** Throws `STORE_SECRET_IN_URL`: secrets in command lines end in shell histories. The message must not repeat them. */
export function refuseSecrets(url: string): void {
  const hint = 'Put the connection string in the environment, and write SCHEME:env:NAME.';
  if (/^[^:/?#]*:\/\/[^/?#][^?#]*:[^?#]*@/.test(url) || /^[^:/?#]*:\/\/:[^?#]*@/.test(url)) {
    throw urlError('STORE_SECRET_IN_URL', 'the URL has a password in it', hint);
  }
  const parameter = SECRET_PARAMETER.exec(url)?.groups?.['name'];
  if (parameter === undefined) return;
  throw urlError('STORE_SECRET_IN_URL', `the URL has a secret in its parameter ${parameter}`, hint, {
    parameter,
  });
}

function parametersOf(url: string, query: string | undefined): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const part of query === undefined ? [] : query.split('&')) {
    const equals = part.indexOf('=');
    if (equals < 1) {
      throw urlError(
        'STORE_URL_INVALID',
        `${url}: ${JSON.stringify(part)} is no parameter`,
        'Write name=value.',
      );
    }
    const name = decode(url, 'name of a parameter', part.slice(0, equals));
    if (parameters.has(name)) throw urlError('STORE_URL_INVALID', `${url} gives the parameter ${name} twice`);
    parameters.set(name, decode(url, `parameter ${name}`, part.slice(equals + 1)));
  }
  return parameters;
}

function decode(url: string, what: string, text: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text);
  } catch {
    const hint = 'Write a percent sign as %25; other characters as the %XX of their UTF-8 bytes.';
    throw urlError('STORE_URL_INVALID', `${url}: the ${what} is not properly percent-encoded`, hint);
  }
  if (decoded.includes('\0')) throw urlError('STORE_URL_INVALID', `${url}: the ${what} contains NUL`);
  return decoded;
}
