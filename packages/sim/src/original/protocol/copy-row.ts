import { marked } from './metadata.ts';
import type { Row, Store } from './table.ts';
import type { Witness } from './witness.ts';

/** The partition must be switched: the row cannot be stale then. If the target has the row by now, it knows better. */
export async function copyRow(target: Store, row: Row, witness: Witness): Promise<void> {
  const result = await target.batch(row.partition, [
    { kind: 'insert', row: row.row, properties: marked(row.properties) },
  ]);
  if ('versions' in result) witness.versionChanged(row, result.versions[0] as string);
}
