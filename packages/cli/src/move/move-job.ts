import { type Filter, parseFilter } from 'changeover/table';
import { configError, usageError } from '../cli-error.ts';
import { blaming } from '../config/blaming.ts';
import type { Config, ConfigTable } from '../config/config.ts';
import { mappedUrl } from '../config/mapped-url.ts';
import type { MoveOptions } from './move-options.ts';
import type { TableChoice } from './select-tables.ts';

/** One move from a store to a store, as the arguments or the config ask for it. Nothing was opened yet. */
export interface MoveJob {
  readonly source: string;
  readonly target: string;
  /** What relative paths in the URLs are relative to. */
  readonly cwd: string;
  readonly choice: TableChoice;
  readonly filter: Filter | undefined;
  /** Where the config names the stores; undefined if the arguments do. */
  readonly places: { readonly source: string; readonly target: string } | undefined;
}

/**
 * What to move. The stores of the arguments take the place of the config's, and of its tables; `--where` takes the
 * place of each table's filter. Each table that a config lists is a job of its own. Throws `CLI_USAGE`,
 * `CLI_CONFIG_INVALID` or `TABLE_FILTER_INVALID`.
 */
export function moveJobs(
  source: string | undefined,
  target: string | undefined,
  options: MoveOptions,
  cwd: string,
): readonly MoveJob[] {
  const filter = options.where === undefined ? undefined : parseFilter(options.where);
  const { config } = options;
  if (source === undefined) {
    if (!config) throw missing('source');
    return configJobs(config, options, filter);
  }
  if (target === undefined) throw missing('target');
  return [{ source, target, cwd, choice: options, filter, places: undefined }];
}

function configJobs(config: Config, options: MoveOptions, filter: Filter | undefined): readonly MoveJob[] {
  const { source, target, directory: cwd, tables } = config;
  if (source === undefined) throw lacking(config, 'source');
  if (target === undefined) throw lacking(config, 'target');
  const places = { source: config.placeOf('source'), target: config.placeOf('target') };
  if (!tables) return [{ source, target, cwd, choice: options, filter, places }];
  refuseTable(source, places.source);
  refuseTable(target, places.target);
  if (options.rename) {
    throw usageError(
      '--rename is for tables that the config does not list',
      'Name the target in the config.',
    );
  }
  return chosen(tables, options).map(([table, index]) => ({
    source: mappedUrl(source, table.source),
    target: mappedUrl(target, table.target ?? { table: table.source.table }),
    cwd,
    choice: {},
    filter: filter ?? filterOf(table, config, index),
    places: {
      source: config.placeOf('tables', index, 'source'),
      target: table.target ? config.placeOf('tables', index, 'target') : places.target,
    },
  }));
}

function filterOf({ where }: ConfigTable, config: Config, index: number): Filter | undefined {
  if (where === undefined) return undefined;
  return blaming(config.placeOf('tables', index, 'where'), () => parseFilter(where));
}

/** The tables that `--include` and `--exclude` leave, each with its index in the config. */
function chosen(
  tables: readonly ConfigTable[],
  { include, exclude }: TableChoice,
): readonly (readonly [ConfigTable, number])[] {
  const names = tables.map(({ source }) => source.table);
  for (const name of [...(include ?? []), ...(exclude ?? [])]) {
    if (names.includes(name)) continue;
    throw usageError(`the config lists no table ${JSON.stringify(name)}`, `It lists ${names.join(', ')}.`);
  }
  const left = tables
    .map((table, index) => [table, index] as const)
    .filter(([{ source }]) => (include?.includes(source.table) ?? true) && !exclude?.includes(source.table));
  if (left.length === 0) throw usageError('no table is left to move', 'Include more, or exclude fewer.');
  return left;
}

function refuseTable(url: string, place: string): void {
  if (!/[?#]/.test(url)) return;
  throw configError(
    `${place}: ${url} names a table already, and so does "tables"`,
    'Leave out what comes after ? or #; mappings go below "tables".',
  );
}

function lacking(config: Config, key: 'source' | 'target'): Error {
  return configError(`${config.placeOf(key)}: is missing`, `Say what to move: ${key}, or SOURCE and TARGET.`);
}

function missing(argument: 'source' | 'target'): Error {
  return usageError(
    `missing required argument '${argument}'`,
    'Name both stores, or a config that does with --config. Run "changeover move --help" to see what there is.',
  );
}
