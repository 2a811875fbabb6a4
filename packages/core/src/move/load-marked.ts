import type { LoadOptions, Manifest, Mark, RowData, Table, Version } from '../table/index.ts';
import { TableError } from '../table/index.ts';

/** Where rows go, and the reserved table of the same store that says how far they are. */
export interface MarkedPlace {
  readonly target: Table;
  readonly progress: Table;
}

/**
 * Loads rows with the mark that says so, and gives the mark's new version. Fails, as a write on a condition does, once
 * somebody else has written the mark.
 *
 * Where the store commits both together, that is all. Elsewhere the mark is looked at before, and written behind the rows:
 * a run that is killed between the two loads them once more, which changes nothing. One that sleeps just there, and is
 * overtaken, can load these rows of its own once more than it should, and then no others.
 */
export async function loadMarked(
  { target, progress }: MarkedPlace,
  rows: readonly RowData[],
  mark: Mark,
  options: Omit<LoadOptions, 'marks'>,
): Promise<Version> {
  if (commitsMarks(target.manifest)) {
    const { marks } = await target.load(rows, { ...options, marks: [mark] });
    return marks[0]?.version ?? '';
  }
  await checkMark(progress, mark, options);
  await target.load(rows, options);
  const [result] = await progress.write([mark.write], options);
  return result?.version ?? '';
}

export function commitsMarks({ load }: Pick<Manifest, 'load'>): boolean {
  return load.marks && load.atomic;
}

async function checkMark(
  progress: Table,
  { write }: Mark,
  options: Omit<LoadOptions, 'marks'>,
): Promise<void> {
  const { signal } = options;
  const found = await progress.get(write, signal ? { signal } : {});
  if ('condition' in write && found?.version === write.condition) return;
  const code = found ? 'TABLE_VERSION_MISMATCH' : 'TABLE_ROW_ABSENT';
  throw new TableError(code, 'the checkpoint is not the one that was left', { effect: 'none' });
}
