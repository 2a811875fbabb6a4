import type { TablePair } from 'changeover/move';
import { type Store, TableError } from 'changeover/table';
import { usageError } from '../cli-error.ts';

/** Which tables, as the options say it. */
export interface TableChoice {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** As written: `OLD=NEW`. */
  readonly rename?: readonly string[];
}

/** A store, and the one table of it that its URL names. */
export interface Side {
  readonly store: Store;
  readonly table: string | undefined;
}

/** The tables to move, every source of which exists. Throws `CLI_USAGE` or `TABLE_NOT_FOUND`. */
export async function selectTables(
  source: Side,
  target: Side,
  choice: TableChoice,
): Promise<readonly TablePair[]> {
  if (source.table === undefined) {
    if (target.table !== undefined) throw oneSided(target.table);
    return pairsOf(await source.store.list(), source.store.location, choice);
  }
  refuseChoice(choice);
  await (await source.store.open(source.table)).close();
  return [{ source: source.table, target: target.table ?? source.table }];
}

/** Applies the choice to the names that the source has. */
export function pairsOf(
  names: readonly string[],
  location: string,
  choice: TableChoice,
): readonly TablePair[] {
  const renames = renamesOf(choice.rename ?? []);
  for (const name of [...(choice.include ?? []), ...(choice.exclude ?? []), ...renames.keys()]) {
    if (!names.includes(name)) throw notFound(name, names, location);
  }
  const chosen = names.filter(
    (name) => (choice.include?.includes(name) ?? true) && !choice.exclude?.includes(name),
  );
  if (chosen.length === 0) throw nothingChosen(names, location);
  const pairs = chosen.map((name) => ({ source: name, target: renames.get(name) ?? name }));
  refuseCollisions(pairs);
  return pairs;
}

function renamesOf(texts: readonly string[]): ReadonlyMap<string, string> {
  const renames = new Map<string, string>();
  for (const text of texts) {
    const split = text.indexOf('=');
    const before = text.slice(0, split);
    const after = text.slice(split + 1);
    if (split < 1 || after === '') {
      throw usageError(
        `--rename ${JSON.stringify(text)} is not of the form OLD=NEW`,
        'Write --rename orders=orders2.',
      );
    }
    if (renames.has(before)) {
      throw usageError(
        `--rename names ${JSON.stringify(before)} twice`,
        'A table has one name in the target.',
      );
    }
    renames.set(before, after);
  }
  return renames;
}

function refuseChoice({ include, exclude, rename }: TableChoice): void {
  const option = include ? '--include' : exclude ? '--exclude' : rename ? '--rename' : undefined;
  if (option === undefined) return;
  throw usageError(
    `${option} is for moving several tables, but the source names one`,
    'Leave the option out, or the #table at the end of the source; the target may name another table with #.',
  );
}

function refuseCollisions(pairs: readonly TablePair[]): void {
  for (const [index, { source, target }] of pairs.entries()) {
    const other = pairs.slice(0, index).find((pair) => pair.target === target);
    if (!other) continue;
    throw usageError(
      `the tables ${JSON.stringify(other.source)} and ${JSON.stringify(source)} would both become ` +
        JSON.stringify(target),
      'Rename one of them with --rename OLD=NEW, or leave one out with --exclude.',
    );
  }
}

function oneSided(target: string): Error {
  return usageError(
    `the target names the table ${JSON.stringify(target)}, but the source names none`,
    'Name the source table too: SOURCE#table.',
  );
}

function notFound(name: string, names: readonly string[], location: string): Error {
  return new TableError('TABLE_NOT_FOUND', `${location} has no table ${JSON.stringify(name)}`, {
    effect: 'none',
    hint:
      names.length === 0
        ? 'It has no tables that can be moved by themselves.'
        : `It has ${names.join(', ')}.`,
    details: { table: name },
  });
}

function nothingChosen(names: readonly string[], location: string): Error {
  if (names.length > 0) return usageError('no table is left to move', 'Include more, or exclude fewer.');
  return new TableError('TABLE_NOT_FOUND', `${location} has no tables in our own layout`, {
    effect: 'none',
    hint: "Name one of the application's own tables after #, such as SOURCE#orders.",
  });
}
