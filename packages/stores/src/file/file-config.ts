import { resolve } from 'node:path';
import { parseStoreUrl, refuseSecrets, type StoreUrlError, urlError } from '../store-url.ts';

export const FILE_FORMATS = ['ndjson', 'csv'] as const;

export type FileFormat = (typeof FILE_FORMATS)[number];

/** Where rows are read from or written to. */
export interface FilePlace {
  /** For people: the path as it was given, or `standard stream`. */
  readonly name: string;
  /** Absolute; undefined for the standard stream. */
  readonly path: string | undefined;
  readonly format: FileFormat;
}

export interface FilePlaceOptions {
  /** Goes before what the name ends with. */
  readonly format?: FileFormat;
  /** What relative paths are relative to. */
  readonly cwd: string;
}

/**
 * Understands `file:PATH`, percent-encoded like every store's URL, `file:-`, and a plain path. Looks at no file.
 *
 * Throws `STORE_URL_INVALID` for what is no such place or has no known format, `STORE_PARAMETER_UNKNOWN`, and
 * `STORE_SECRET_IN_URL` without repeating the URL.
 */
export function parseFilePlace(text: string, { format, cwd }: FilePlaceOptions): FilePlace {
  const place = placeOf(text);
  if (place === '-') return { name: 'standard stream', path: undefined, format: format ?? noFormat(text) };
  return { name: place, path: resolve(cwd, place), format: format ?? formatOf(place) ?? noFormat(text) };
}

function placeOf(text: string): string {
  if (/^file:/i.test(text)) return placeOfUrl(text);
  // One letter before a colon is a drive; more are the scheme of a store, given where a file belongs.
  const scheme = /^[a-zA-Z][a-zA-Z0-9+.-]+(?=:)/.exec(text)?.[0];
  if (scheme !== undefined) {
    refuseSecrets(text);
    throw invalid(`${text} is not a file`, `A path with a colon is written file:${text}.`);
  }
  if (text === '') throw invalid('the name of the file is empty', 'Write a path, or file:- for a stream.');
  return text;
}

function placeOfUrl(text: string): string {
  const { place, parameters, table } = parseStoreUrl(text);
  const [parameter] = parameters.keys();
  if (parameter !== undefined) {
    const hint =
      'A file has none. A question mark in a path is written %3F; a format is given with --format.';
    throw urlError('STORE_PARAMETER_UNKNOWN', `file: has no parameter ${JSON.stringify(parameter)}`, hint);
  }
  if (table !== undefined) {
    throw invalid(`${text} names a table, but a file has none`, 'A # in a path is written %23.');
  }
  if (/^\/\/[^/]/.test(place)) throw invalid(`${text}: a file has no host`, `Write file:${place.slice(2)}.`);
  return place;
}

function formatOf(path: string): FileFormat | undefined {
  return FILE_FORMATS.find((format) => path.toLowerCase().endsWith(`.${format}`));
}

function noFormat(text: string): never {
  throw invalid(
    `${text} does not say which format the rows have`,
    'Name it .ndjson or .csv, or add --format ndjson or --format csv.',
  );
}

function invalid(message: string, hint: string): StoreUrlError {
  return urlError('STORE_URL_INVALID', message, hint);
}
