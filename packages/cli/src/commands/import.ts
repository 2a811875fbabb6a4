import { resolve } from '@changeover/stores';
import { checkInput, type FilePlace, readChunks, readRows, readStream } from '@changeover/stores/file';
import { isOperationalError } from 'changeover/std';
import type { Store } from 'changeover/table';
import type { Command } from 'commander';
import { usageError } from '../cli-error.ts';
import { closing } from '../closing.ts';
import { confirm } from '../confirm.ts';
import { addFileOptions, choiceOf, type FileOptions, placeOf } from '../file/file-options.ts';
import { importRows } from '../file/import-rows.ts';
import { ImportTarget } from '../file/import-target.ts';
import type { RowChoice } from '../file/row-choice.ts';
import { RowProgress } from '../file/row-progress.ts';
import { inOtherWords, stoppedWith } from '../file/stopped.ts';
import { tableNamed } from '../file/table-named.ts';
import { timeText } from '../file/time-text.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import { wholeNumber } from '../number-option.ts';
import { formatRows } from '../output/format.ts';

interface ImportOptions extends FileOptions {
  readonly batchRows: number;
  readonly recreate?: true;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly intoExisting?: true;
}

const EXAMPLES = `
  changeover import orders.ndjson sqlite:app.db#orders
  changeover import places.csv 'sqlite:app.db?partitionKey=country&rowKey=id#places' --into-existing
  zcat orders.ndjson.gz | changeover import file:- sqlite:app.db#orders --format ndjson

A table that is not there or has no rows needs no consent. Of two rows with one key, the later one stays.
Exit codes: 0 done, 2 usage or a malformed file, 4 could not finish (try again), 6 refused.
`;

export function addImportCommand(program: Command, invocation: Invocation): void {
  const command = program
    .command('import')
    .summary('load a file into a table')
    .description('Loads the rows of a file, as export writes them, into a table.')
    .argument('<file>', 'a path, file:PATH, or file:- for standard input')
    .argument('<table>', 'the URL of a table')
    .option('--batch-rows <number>', 'rows in a batch', wholeNumber(100_000), 1000)
    .option('--recreate', 'drop the table first')
    .option('--dry-run', 'say what --recreate would drop, and change nothing')
    .option('--yes', 'agree to --recreate without being asked')
    .option('--into-existing', 'write over and beside the rows that the table holds');
  addFileOptions(command)
    .addHelpText('after', EXAMPLES)
    .action((file: string, url: string, options: ImportOptions) =>
      importFile(file, url, options, invocation),
    );
}

async function importFile(
  file: string,
  url: string,
  options: ImportOptions,
  invocation: Invocation,
): Promise<void> {
  const { io } = invocation;
  const { clock, env, cwd } = io;
  const place = placeOf(file, options, io);
  const choice = choiceOf(options);
  refuseContradictions(options, place);
  if (place.path !== undefined) await checkInput(place.path);
  const resolved = await resolve(url, { mode: 'write', clock, env, cwd });
  await closing(resolved.store, async (store) => {
    const target = await findTarget(store, tableNamed(resolved), options, io);
    if (options.dryRun) return closing(target, async () => tellDrop(store, target, invocation));
    return closing(target, () => loadFile(place, target, choice, options, invocation));
  });
}

function refuseContradictions(
  { recreate, intoExisting, yes, dryRun }: ImportOptions,
  { path }: FilePlace,
): void {
  if (dryRun && !recreate) {
    throw usageError('--dry-run says what --recreate would drop, which is not asked for', 'Add --recreate.');
  }
  if (recreate && intoExisting) {
    throw usageError('--recreate and --into-existing contradict each other', 'Choose one of them.');
  }
  if (recreate && !yes && !dryRun && path === undefined) {
    throw usageError('standard input has the rows, so nobody can agree to --recreate there', 'Add --yes.');
  }
}

async function findTarget(store: Store, name: string, options: ImportOptions, io: Io): Promise<ImportTarget> {
  const { recreate = false, intoExisting = false } = options;
  const target = await ImportTarget.find(store, name, { recreate, intoExisting });
  if (recreate && !options.yes && !options.dryRun && target.exists) {
    await confirm(io, { what: `drop the table ${name} of ${store.location} with all its rows`, word: name });
  }
  return target;
}

function tellDrop({ location }: Store, { name, exists }: ImportTarget, { io, json }: Invocation): void {
  if (json) {
    const wouldDrop = exists ? [{ store: location, table: name }] : [];
    return json.write({ event: 'done' }, { exit: 0, dryRun: true, wouldDrop });
  }
  const drop = `This would drop the table ${name} of ${location} with all its rows.\nNothing was changed.`;
  io.stdout.line(exists ? drop : 'There is nothing to drop.');
}

async function loadFile(
  place: FilePlace,
  target: ImportTarget,
  choice: RowChoice,
  options: ImportOptions,
  invocation: Invocation,
): Promise<void> {
  const { io } = invocation;
  const startedMs = io.clock.monotonic();
  const about = { table: target.name, doing: `importing ${target.name}` };
  const progress = new RowProgress(about, options, invocation);
  const chunks =
    place.path === undefined ? readStream(io.stdin, io.signal) : readChunks(place.path, io.signal);
  try {
    await importRows(readRows(chunks, place.format), target, {
      ...choice,
      batchRows: options.batchRows,
      signal: io.signal,
      onImported: (rows, bytes) => progress.add(rows, bytes),
    });
  } catch (error) {
    progress.clear();
    throw told(stoppedWith(error, io, 'Run the same command again.'), place, progress.rows, options);
  }
  progress.finish();
  tellEnd(target.name, place, progress, (io.clock.monotonic() - startedMs) / 1000, invocation);
}

/** Adds which file was at fault, how many rows are in the table by now, and that these ask for consent. */
function told(error: unknown, place: FilePlace, rows: number, options: ImportOptions): unknown {
  if (!isOperationalError(error)) return error;
  const ofLine = ['FILE_MALFORMED', 'FILE_NOT_REPRESENTABLE'].includes(error.code);
  const subject = ofLine ? `${place.name}, ${error.message}` : error.message;
  const imported = rows === 0 ? 'nothing was imported' : `${formatRows(rows)} had been imported`;
  const doubt = error.effect === 'unknown' ? ', and some of the next batch may have been' : '';
  const hints = error.hint === undefined ? [] : [error.hint];
  const mayHaveRows = rows > 0 || error.effect === 'unknown';
  if (mayHaveRows && !options.recreate && !options.intoExisting) hints.push(CONSENT_HINT);
  return inOtherWords(error, `${subject}; ${imported}${doubt}`, hints.join(' ') || undefined);
}

const CONSENT_HINT = 'If the table is not empty now, add --into-existing: it writes over what is there.';

function tellEnd(
  table: string,
  place: FilePlace,
  { rows, bytes }: RowProgress,
  seconds: number,
  { io, json }: Invocation,
): void {
  if (json) {
    const { path: file = null, format } = place;
    return json.write({ event: 'done' }, { exit: 0, table, file, format, rows, bytes, seconds });
  }
  io.stdout.line(`Imported ${formatRows(rows)} into ${table} from ${place.name} ${timeText(rows, seconds)}.`);
}
