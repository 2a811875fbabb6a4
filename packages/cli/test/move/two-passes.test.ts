import type { RowData } from 'changeover/table';
import { expect, test } from 'vitest';
import { Scene } from './scene.ts';

/** Historic and recent rows by turns, of the days around the eighteenth of February 2012. */
const rows: readonly RowData[] = Array.from({ length: 1_000 }, (_, index) => ({
  partitionKey: `p${index % 7}`,
  rowKey: String(index).padStart(4, '0'),
  properties: {
    UpdatedDateUtc: { type: 'datetime', value: `2012-02-${index % 2 === 0 ? '17' : '19'}T10:00:00.0000000Z` },
  },
}));

test('A mapped source that did not change is not said to have changed by a later validation', async () => {
  const scene = await Scene.open([]);
  scene.sql(
    'app.db',
    'create table o (a text not null, b integer not null, primary key (a, b))',
    "insert into o values ('x', 1)",
  );
  const move = ['move', 'sqlite:app.db?partitionKey=a&rowKey=b#o', 'sqlite:moved.db#o'];
  expect((await scene.run(...move)).code).toBe(0);
  const again = await scene.run(...move, '--validate', '--json');
  expect(again.stdout).not.toContain('"notice"');
  await scene.close();
});

test('A table is moved in two passes, and what was deleted between them is found by validating the whole', async () => {
  const scene = await Scene.open(rows);
  const old = await scene.move('--where', "UpdatedDateUtc le datetime'2012-02-18'");
  expect({ code: old.code, stdout: old.stdout }).toMatchObject({ code: 0 });
  scene.sql('source.db', "delete from t where row_key in ('0000', '0002')");
  const rest = await scene.move('--where', "UpdatedDateUtc gt datetime'2012-02-18'", '--into-existing');
  expect(rest.code).toBe(0);
  const whole = await scene.move('--validate', '--report', 'report.ndjson');
  expect(whole.code).toBe(3);
  expect(scene.compareOutside()).toEqual({ source: 998, onlySource: 0, onlyTarget: 2 });
  const repaired = await scene.move('--repair', '--delete-extra', '--yes');
  expect(repaired.code).toBe(0);
  expect(scene.compareOutside()).toEqual({ source: 998, onlySource: 0, onlyTarget: 0 });
  await scene.close();
});
