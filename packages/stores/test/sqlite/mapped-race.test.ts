import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'vitest';
import { mappedFile } from './mapped-fixture.ts';

const PROCESSES = 3;
const TIMES = 40;
const INCREMENT = fileURLToPath(new URL('./mapped-increment.ts', import.meta.url));
const COUNTS = 'create table counts (id INTEGER PRIMARY KEY, n INTEGER); insert into counts values (1, 0)';
const VERSIONED = `${COUNTS}; alter table counts add column rev INTEGER`;

for (const version of [undefined, 'rev']) {
  test(`no increment of several processes is lost, with ${version ? 'a version column' : 'hashes'}`, async () => {
    const file = await mappedFile(version ? VERSIONED : COUNTS);
    const script = [
      '--import',
      'tsx',
      '--conditions=@changeover/source',
      INCREMENT,
      file.path,
      String(TIMES),
    ];
    const args = version ? [...script, version] : script;
    await Promise.all(Array.from({ length: PROCESSES }, () => promisify(execFile)(process.execPath, args)));
    assert.equal(file.application.prepare('select n from counts').pluck().get(), BigInt(PROCESSES * TIMES));
  });
}

test('of two handles that replace one version, exactly one wins', async () => {
  const file = await mappedFile(
    'create table t (id INTEGER PRIMARY KEY, x TEXT); insert into t values (1, null)',
  );
  const parameters = { partitionKey: 'id', rowKey: 'id' };
  const tables = [await file.openTable('t', parameters), await file.openTable('t', parameters)];
  const row = (await tables[0]?.scan())?.rows[0];
  assert.ok(row);
  const replace = (value: string) =>
    ({
      ...row,
      kind: 'replace',
      condition: row.version,
      properties: { x: { type: 'string', value } },
    }) as const;
  const outcomes = await Promise.allSettled(
    tables.map((table, index) => table.write([replace(String(index))])),
  );
  assert.deepEqual(outcomes.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
});
