import assert from 'node:assert/strict';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { missingServer, openTestDatabase } from '../../../stores/test/postgres/test-server.ts';
import { LivePlace } from './live-place.ts';

const database = await openTestDatabase();
afterAll(() => database?.close());

describe.skipIf(!database)(`finalize with Postgres${database ? '' : `: not run: ${missingServer}`}`, () => {
  /** An application's table of six rows, all of it moved to a table of our own layout in the same schema. */
  async function moved() {
    assert.ok(database);
    const schema = `finalize_${process.pid}_${Math.round(performance.now())}`;
    const { sql } = database;
    const { host, port, user, password, database: name } = database.place;
    const place = await LivePlace.create();
    onTestFinished(async () => {
      await place.remove();
      await sql(`drop schema ${schema} cascade`);
    });
    await sql(`create schema ${schema}`);
    await sql(`create table ${schema}.places (country text not null, id int not null, name text,
        rev bigint not null default 1, primary key (country, id))`);
    await sql(`insert into ${schema}.places select case when id % 2 = 0 then 'FR' else 'JP' end, id, 'place'
        from generate_series(1, 6) id`);
    const env = { DB: `postgres://${user}:${password ?? 'unused'}@${host}:${port}/${name}` };
    const live = async (...argv: readonly string[]) => {
      const { exit, stdout, stderr } = await place.live([...argv, '--json'], { env });
      assert.equal(exit, 0, stderr.text);
      return stdout.events.at(-1);
    };
    const url = `postgres:env:DB?schema=${schema}`;
    const mapping = '&partitionKey=country&rowKey=id&version=rev#places';
    await live('create', 'places', url + mapping, `${url}#moved`);
    await live('start', 'places');
    return {
      live,
      count: (table: string) => sql(`select count(*)::int from ${schema}.${table}`),
      sql,
      schema,
    };
  }

  test("an application's own table is renamed with its rows, and wiped later", async () => {
    const { live, count } = await moved();
    expect(await live('finalize', 'places', '--yes')).toMatchObject({
      retired: { table: 'places_retired_places', renamed: true, why: null },
    });
    await expect(count('places')).rejects.toThrow(/does not exist/);
    expect(await count('places_retired_places')).toEqual([[6]]);
    await live('finalize', 'places', '--yes', '--wipe-source');
    expect(await count('places_retired_places')).toEqual([[0]]);
  });

  test('a table that a view would follow keeps its name', async () => {
    const { live, count, sql, schema } = await moved();
    await sql(`create view ${schema}.recent as select * from ${schema}.places`);
    expect(await live('finalize', 'places', '--yes')).toMatchObject({
      stage: 'finalized',
      retired: { table: 'places', renamed: false, why: expect.stringMatching(/view/) },
    });
    expect(await count('places')).toEqual([[6]]);
  });
});
