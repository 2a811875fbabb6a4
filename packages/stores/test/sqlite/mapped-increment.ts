import { isCode } from 'changeover/std';
import { systemClock } from '../../src/host/system-clock.ts';
import { parseMappedConfig } from '../../src/layout/mapped-config.ts';
import { SqliteMappedStore } from '../../src/sqlite/sqlite-mapped-store.ts';
import { SqliteStore } from '../../src/sqlite/sqlite-store.ts';

/** A process that adds 1 to one row so many times, each time on the version that it read: `FILE TIMES [VERSION]`. */
const [path = '', times = '0', version] = process.argv.slice(2);
const own = await SqliteStore.open({ path, mode: 'write', clock: systemClock });
const config = parseMappedConfig({
  partitionKey: 'id',
  rowKey: 'id',
  ...(version === undefined ? {} : { version }),
});
const store = await SqliteMappedStore.open({
  table: 'counts',
  config,
  mode: 'write',
  clock: systemClock,
  own,
});
const table = await store.open('counts');

for (let done = 0; done < Number(times); ) {
  const row = (await table.scan()).rows[0];
  const count = row?.properties['n'];
  if (!row || count?.type !== 'int64') throw new Error('the row is gone');
  const properties = { n: { type: 'int64', value: count.value + 1n } } as const;
  try {
    await table.write([{ ...row, kind: 'replace', condition: row.version, properties }]);
    done += 1;
  } catch (error) {
    // Another process was faster.
    if (!isCode(error, 'TABLE_VERSION_MISMATCH')) throw error;
  }
}
await store.close();
