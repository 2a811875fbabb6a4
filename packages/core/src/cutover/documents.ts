import { ControlError, type ControlOptions, type ControlStore, type Document } from '../control/index.ts';
import { isCode, type Json } from '../std/index.ts';
import { LiveError, refuse } from './errors.ts';
import { isCount, misfit, type Shape } from './shape.ts';

/** A document that was read, to be written again only if nobody else did in between. */
export interface Found<T> {
  readonly value: T;
  readonly revision: number;
}

/** The format of every document of a live migration that this version writes, and the only one that it reads. */
export const FORMAT = 1;

/** A name is part of names of documents and of fences, of URLs and of commands. */
export function checkMigrationName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) return;
  throw refuse(
    'LIVE_NAME_INVALID',
    `${JSON.stringify(name)} cannot name a live migration`,
    'Use letters, digits, dots, dashes and underscores, a letter or digit first, at most 100.',
  );
}

/** Where the documents of a migration are, each of which has one writer. */
export function documentName(migration: string, ...parts: readonly string[]): string {
  return ['live', migration, ...parts].join('/');
}

/** Throws as {@link read} does. */
export async function find<T>(
  control: ControlStore,
  name: string,
  shape: Shape<T>,
  options?: ControlOptions,
): Promise<Found<T> | undefined> {
  const document = await control.get(name, options);
  return document && read(document, shape);
}

/** A document without which there would be no migration. Throws as {@link read} does, and if there is none. */
export async function need<T>(control: ControlStore, name: string, shape: Shape<T>): Promise<Found<T>> {
  const found = await find(control, name, shape);
  if (found) return found;
  throw corrupt(name, `it is not there, in ${control.location}`);
}

/** Throws `LIVE_FORMAT_UNKNOWN` if another version wrote it, and `CONTROL_CORRUPT` if none can have. */
export function read<T>({ name, value, revision }: Document, shape: Shape<T>): Found<T> {
  const format = (value as { readonly format?: unknown } | null)?.format;
  if (!isCount(format)) throw corrupt(name, 'it has no format');
  if (format !== FORMAT) {
    throw refuse(
      'LIVE_FORMAT_UNKNOWN',
      `${name} has the format ${String(format)}; this version knows ${FORMAT}`,
      'Go on with the version that wrote it.',
    );
  }
  const property = misfit(value, shape);
  if (property === undefined) return { value: value as unknown as T, revision };
  throw corrupt(name, `its ${JSON.stringify(property)} is not what could be written there`);
}

function corrupt(name: string, what: string): ControlError {
  return new ControlError(
    'CONTROL_CORRUPT',
    `the document ${name} of the control store is damaged: ${what}`,
    {
      effect: 'none',
      hint: 'Put it back as it was; then the same command goes on. The tables themselves were not touched.',
    },
  );
}

/** Throws `LIVE_OVERTAKEN` if somebody else wrote it since it was read. */
export async function write<T extends object>(
  control: ControlStore,
  name: string,
  value: T,
  expected: number | undefined,
): Promise<Found<T>> {
  try {
    const document = await control.put(name, { format: FORMAT, ...value } as unknown as Json, expected);
    return { value, revision: document.revision };
  } catch (error) {
    if (!isCode(error, 'CONTROL_REVISION_MISMATCH')) throw error;
    throw new LiveError('LIVE_OVERTAKEN', `${name} was changed by another process`, {
      effect: 'none',
      cause: error,
      hint: 'See where it stands with "changeover live status", then run the same command again.',
    });
  }
}

/** Removes a document, however often it was written since it was seen, and whoever else removes it. */
export async function remove(control: ControlStore, name: string): Promise<void> {
  for (;;) {
    const found = await control.get(name);
    if (!found) return;
    try {
      return await control.delete(name, found.revision);
    } catch (error) {
      if (!isCode(error, 'CONTROL_REVISION_MISMATCH')) throw error;
    }
  }
}
