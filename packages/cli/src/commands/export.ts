import { resolve } from '@changeover/stores';
import { FileOutput, type FilePlace } from '@changeover/stores/file';
import type { Table } from 'changeover/table';
import type { Command } from 'commander';
import { usageError } from '../cli-error.ts';
import { closing } from '../closing.ts';
import { exportRows } from '../file/export-rows.ts';
import { addFileOptions, choiceOf, type FileOptions, placeOf } from '../file/file-options.ts';
import type { RowChoice } from '../file/row-choice.ts';
import { RowProgress } from '../file/row-progress.ts';
import { stoppedWith } from '../file/stopped.ts';
import { StreamSink } from '../file/stream-sink.ts';
import { tableNamed } from '../file/table-named.ts';
import { timeText } from '../file/time-text.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import { formatRows } from '../output/format.ts';

interface ExportOptions extends FileOptions {
  readonly overwrite?: true;
}

const EXAMPLES = `
NDJSON keeps everything in lines of JSON; CSV has a header with the names and types of its columns:
  changeover export sqlite:app.db#orders orders.ndjson
  changeover export 'sqlite:app.db?partitionKey=country&rowKey=id#places' places.csv --where "PartitionKey eq 'FR'"
  changeover export sqlite:app.db#orders file:- --format ndjson --limit 10

Exit codes: 0 done, 2 usage, 4 could not finish (try again), 6 refused.
`;

export function addExportCommand(program: Command, invocation: Invocation): void {
  const command = program
    .command('export')
    .summary('write a table to a file')
    .description('Writes the rows of a table to a file, from which import makes them again to the bit.')
    .argument('<table>', 'the URL of a table; it is only read')
    .argument('<file>', 'a path, file:PATH, or file:- for standard output')
    .option('--overwrite', 'replace the file of an earlier export');
  addFileOptions(command)
    .addHelpText('after', EXAMPLES)
    .action((url: string, file: string, options: ExportOptions) =>
      exportTable(url, file, options, invocation),
    );
}

async function exportTable(
  url: string,
  file: string,
  options: ExportOptions,
  invocation: Invocation,
): Promise<void> {
  const { io, json } = invocation;
  const { clock, env, cwd } = io;
  const place = placeOf(file, options, io);
  const choice = choiceOf(options);
  if (json && place.path === undefined) {
    throw usageError('--json and the rows would both be on standard output', 'Choose one, or name a file.');
  }
  const source = await resolve(url, { mode: 'read', clock, env, cwd });
  await closing(source.store, async (store) => {
    const table = await store.open(tableNamed(source));
    await closing(table, () => writeRows(table, place, choice, options, invocation));
  });
}

async function writeRows(
  table: Table,
  place: FilePlace,
  choice: RowChoice,
  options: ExportOptions,
  invocation: Invocation,
): Promise<void> {
  const { io } = invocation;
  const startedMs = io.clock.monotonic();
  const about = { table: table.name, doing: `exporting ${table.name}` };
  const progress = new RowProgress(about, options, invocation);
  const sink = await openSink(place, options, io);
  try {
    await exportRows(table, sink, progress, { ...choice, format: place.format, signal: io.signal });
    await sink.finish();
  } catch (error) {
    progress.clear();
    // That a partial file could not be removed is less than what went wrong; it does not have the final name.
    await sink.discard().catch(() => undefined);
    throw stoppedWith(error, io, 'It begins anew: run the same command again.');
  }
  progress.finish();
  tellEnd(table.name, place, progress, (io.clock.monotonic() - startedMs) / 1000, options, invocation);
}

function openSink(
  { path }: FilePlace,
  { overwrite }: ExportOptions,
  io: Io,
): Promise<FileOutput | StreamSink> {
  return path === undefined
    ? Promise.resolve(new StreamSink(io))
    : FileOutput.create(path, overwrite ?? false);
}

function tellEnd(
  table: string,
  place: FilePlace,
  { rows, bytes }: RowProgress,
  seconds: number,
  { quiet }: ExportOptions,
  { io, json }: Invocation,
): void {
  if (json) {
    const { path: file, format } = place;
    return json.write({ event: 'done' }, { exit: 0, table, file, format, rows, bytes, seconds });
  }
  const text = `Exported ${formatRows(rows)} of ${table} to ${place.name} ${timeText(rows, seconds)}.`;
  if (place.path !== undefined) return io.stdout.line(text);
  // Standard output has the rows, and nothing else.
  if (!quiet) io.stderr.line(text);
}
