import { FILE_FORMATS, type FileFormat, type FilePlace, parseFilePlace } from '@changeover/stores/file';
import { parseFilter } from 'changeover/table';
import { type Command, Option } from 'commander';
import { addCommonOptions, type CommonOptions } from '../common-options.ts';
import type { Io } from '../io.ts';
import { wholeNumber } from '../number-option.ts';
import type { RowChoice } from './row-choice.ts';

/** What `export` and `import` both take. */
export interface FileOptions extends CommonOptions {
  readonly format?: FileFormat;
  readonly where?: string;
  readonly limit?: number;
}

export function addFileOptions(command: Command): Command {
  return addCommonOptions(
    command
      .addOption(
        new Option('--format <format>', 'of the rows, where the name of the file does not say it').choices(
          FILE_FORMATS,
        ),
      )
      .option('--where <filter>', 'only the rows that match, such as "PartitionKey eq \'FR\'"')
      .option('--limit <number>', 'only the first so many of them', wholeNumber(Number.MAX_SAFE_INTEGER)),
  );
}

export function placeOf(file: string, { format }: FileOptions, { cwd }: Io): FilePlace {
  return parseFilePlace(file, { cwd, ...(format ? { format } : {}) });
}

export function choiceOf({ where, limit }: FileOptions): RowChoice {
  return { filter: where === undefined ? undefined : parseFilter(where), limit };
}
