import { ASSERTION, isSwitched, META, POPULATED, SWITCHED } from './metadata.ts';
import { ANY, type Store } from './table.ts';

/** To be done before a write to the source. The partition may turn out to be switched: then nothing is done. */
export async function markPopulated(source: Store, partition: string): Promise<void> {
  await source.batch(partition, [
    { kind: 'insert', row: META, properties: POPULATED },
    { kind: 'insert', row: ASSERTION, properties: {} },
  ]);
}

/** To be done before a write to the target. No batch changes the partition's rows in the source afterwards. */
export async function ensureSwitched(source: Store, partition: string): Promise<void> {
  for (;;) {
    const [meta] = await source.query(partition, { rows: [META] });
    if (isSwitched(meta)) return;
    if (!meta) {
      const inserted = await source.batch(partition, [{ kind: 'insert', row: META, properties: SWITCHED }]);
      if ('versions' in inserted) return;
      continue;
    }
    const switched = await source.batch(partition, [
      { kind: 'replace', row: META, properties: SWITCHED, version: ANY },
      { kind: 'delete', row: ASSERTION, version: ANY },
    ]);
    // Without the assertion, somebody else has switched the partition. Nobody takes the meta row away.
    if ('versions' in switched || switched.failed === 1) return;
    throw new Error(`the meta row of ${partition} is gone`);
  }
}
