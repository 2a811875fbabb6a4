import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import type { Change, Check, Condition, RowKey, Version } from 'changeover/table';
import { describe, onTestFinished, test } from 'vitest';
import { describeServer, schemaOf } from './fixture.ts';

const WAIT_MS = 8000;
const ROUNDS = 40;

/** What is checked, and what the batch writes behind that, in which a rival can hold it up. */
interface Subject {
  readonly name: string;
  readonly mapped: boolean;
  readonly checked: RowKey;
  readonly written: RowKey;
  /** Where the two are. */
  readonly table: string;
  readonly keys: readonly [partition: string, row: string];
}

const OWN_KEYS = ['partition_key', 'row_key'] as const;
const key = (rowKey: string): RowKey => ({ partitionKey: 'p', rowKey });

const SUBJECTS: readonly Subject[] = [
  {
    name: 'a row in our own layout',
    mapped: false,
    checked: key('A'),
    written: key('a'),
    table: '$SCHEMA.t',
    keys: OWN_KEYS,
  },
  {
    name: 'a reserved row in our own layout',
    mapped: false,
    checked: key('_changeover.A'),
    written: key('a'),
    table: '$SCHEMA.t',
    keys: OWN_KEYS,
  },
  {
    name: "a row of an application's table",
    mapped: true,
    checked: key('A'),
    written: key('a'),
    table: '$SCHEMA.t',
    keys: ['pk', 'rk'],
  },
  {
    name: "a reserved row of an application's table",
    mapped: true,
    checked: key('_changeover.A'),
    written: key('_changeover.a'),
    table: '$SCHEMA._changeover_rows_t',
    keys: OWN_KEYS,
  },
];

const text = (value: string) => ({ text: { type: 'string', value } as const });
const check = ({ checked }: Subject, condition: Condition = '*'): Check => ({
  kind: 'check',
  ...checked,
  condition,
});

/** Each goes another way through the store. */
const WAYS: Readonly<Record<string, (key: RowKey) => Change>> = {
  'an upsert': (written) => ({ kind: 'upsertReplace', ...written, properties: text('after') }),
  'an insert': (written) => ({ kind: 'insert', ...written, properties: text('after') }),
  'a merge': (written) => ({ kind: 'upsertMerge', ...written, properties: text('after') }),
};

const TAKINGS: Readonly<Record<string, (key: RowKey) => Change>> = {
  'a delete': (checked) => ({ kind: 'delete', ...checked }),
  'a change': (checked) => ({ kind: 'replace', ...checked, condition: '*', properties: text('changed') }),
};

await describeServer('Postgres, checks', (database) => {
  async function fixture({ mapped, checked, table: place, keys }: Subject) {
    const schema = await schemaOf(database);
    if (mapped)
      await schema.sql('create table $SCHEMA.t (pk text, rk text, text text, primary key (pk, rk))');
    const mapping = { partitionKey: 'pk', rowKey: 'rk' };
    const open = () => (mapped ? schema.openMapped('t', mapping) : schema.openStore());
    const [store, other] = [await open(), await open()];
    if (!mapped) await store.create('t');
    const table = await store.open('t', { reserved: true });
    const [made] = await table.write([{ kind: 'insert', ...checked, properties: text('before') }]);
    const where = (row: RowKey) =>
      `where ${keys[0]} = '${row.partitionKey}' and ${keys[1]} = '${row.rowKey}'`;
    return {
      store,
      stores: [store, other],
      table,
      otherTable: await other.open('t', { reserved: true }),
      version: made?.version as Version,
      /** Somebody in the middle of a transaction that deletes a row. */
      deletes: (row: RowKey) => transaction(`delete from ${place} ${where(row)}`, schema.name),
      /** Somebody in the middle of one that gives a row another version. */
      changes: (row: RowKey) => {
        const set = keys === OWN_KEYS ? 'version = version + 1' : "text = 'changed'";
        return transaction(`update ${place} set ${set} ${where(row)}`, schema.name);
      },
      /** Somebody in the middle of one that makes a row. */
      makes: ({ partitionKey, rowKey }: RowKey) => {
        const rest = keys === OWN_KEYS ? ", 0, '{}'" : '';
        return transaction(
          `insert into ${place} values ('${partitionKey}', '${rowKey}'${rest})`,
          schema.name,
        );
      },
    };
  }

  async function transaction(statement: string, schema: string) {
    const client = await database.connect();
    onTestFinished(() => client.end());
    await client.query(`begin; ${statement.replaceAll('$SCHEMA', schema)}`);
    return client;
  }

  /** Comes back once so many sessions of the database wait for a lock. */
  async function waiting(sessions: number): Promise<void> {
    const count =
      "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    for (const deadline = Date.now() + WAIT_MS; ; await setTimeout(5)) {
      const [found] = await database.sql(count);
      if (Number(found?.[0]) === sessions) return;
      assert.ok(Date.now() < deadline, `${String(found?.[0])} sessions wait, and not ${sessions}`);
    }
  }

  for (const subject of SUBJECTS) {
    const { checked, written } = subject;
    describe(subject.name, () => {
      for (const [way, write] of Object.entries(WAYS)) {
        for (const [taking, take] of Object.entries(TAKINGS)) {
          test(`${taking} waits for ${way} that checks it, and another batch that checks it does not`, async () => {
            const { makes, table, otherTable } = await fixture(subject);
            const rival = await makes(written);
            const ended: string[] = [];
            const writing = table.write([check(subject), write(written)]).finally(() => ended.push('write'));
            await waiting(1);
            await otherTable.write([check(subject), write({ ...written, rowKey: `${written.rowKey}2` })]);
            const taken = otherTable.write([take(checked)]).finally(() => ended.push('take'));
            await waiting(2);
            assert.deepEqual(ended, []);
            await rival.query('rollback');
            await Promise.all([writing, taken]);
            assert.deepEqual((await table.get(written))?.properties, text('after'));
          });
        }

        test(`${way} that checks a row waits for who deletes it, and fails`, async () => {
          const { deletes, table } = await fixture(subject);
          const rival = await deletes(checked);
          const refused = assertRefused(table.write([write(written), check(subject)]), 'TABLE_ROW_ABSENT');
          await waiting(1);
          await rival.query('commit');
          await refused;
          assert.deepEqual((await table.scan()).rows, []);
        });

        test(`${way} that checks a row waits for who would have deleted it, and is applied`, async () => {
          const { deletes, table } = await fixture(subject);
          const rival = await deletes(checked);
          const writing = table.write([write(written), check(subject)]);
          await waiting(1);
          await rival.query('rollback');
          await writing;
          assert.deepEqual((await table.get(written))?.properties, text('after'));
        });

        test(`${way} that checks a version waits for who changes the row, and fails`, async () => {
          const { changes, table, version } = await fixture(subject);
          const rival = await changes(checked);
          const batch = table.write([write(written), check(subject, version)]);
          const refused = assertRefused(batch, 'TABLE_VERSION_MISMATCH');
          await waiting(1);
          await rival.query('commit');
          await refused;
          assert.equal(await table.get(written), undefined);
        });
      }
    });
  }

  for (const subject of SUBJECTS.slice(0, 3)) {
    for (const [way, write] of Object.entries(WAYS)) {
      test(`checking ${subject.name} costs ${way} no round trip, whether it holds or not`, async () => {
        const { store, table } = await fixture(subject);
        const trips = async (work: () => Promise<unknown>) => {
          const before = store.connection.roundTrips;
          await work();
          return store.connection.roundTrips - before;
        };
        const plain = await trips(() => table.write([write(key('b')), write(key('c'))]));
        assert.equal(await trips(() => table.write([write(key('d')), check(subject)])), plain);
        const fails = () =>
          assertRefused(table.write([write(key('e')), check(subject, 'none')]), 'TABLE_VERSION_MISMATCH');
        assert.equal(await trips(fails), plain);
      });
    }
  }

  for (const [name, kind] of Object.entries({
    upsert: { kind: 'upsertReplace' },
    replace: { kind: 'replace', condition: '*' },
  } as const)) {
    for (const subject of [SUBJECTS[0], SUBJECTS[2]] as [Subject, Subject]) {
      test(`those who check each other's rows and ${name} their own, ${subject.name}, never wait in a circle`, async () => {
        const { table, otherTable, stores } = await fixture(subject);
        const rows = [key('k1'), key('k2')] as [RowKey, RowKey];
        for (const row of rows) await table.write([WAYS['an insert']?.(row) as Change]);
        const batch = (own: RowKey, checked: RowKey) =>
          [
            { kind: 'check', ...checked, condition: '*' },
            { ...kind, ...own, properties: text('own') },
          ] as const;
        for (let round = 0; round < ROUNDS; round += 1) {
          const race = [table, otherTable].flatMap((each) => [
            each.write(batch(rows[0], rows[1])),
            each.write(batch(rows[1], rows[0])),
          ]);
          await Promise.all(race);
        }
        for (const store of stores) await store.close();
        assert.equal(await deadlocks(), 0);
      });
    }
  }

  test('a row whose key the columns cannot hold is absent to a check, and to a delete', async () => {
    const schema = await schemaOf(database);
    const mapping = { partitionKey: 'pk', rowKey: 'rk' };
    const table = await schema.mappedTable('pk text, rk text, primary key (pk, rk)', mapping);
    const put: Change = { kind: 'insert', ...key('a'), properties: {} };
    await assertRefused(
      table.write([put, { kind: 'check', ...key('no\0ne'), condition: '*' }]),
      'TABLE_ROW_ABSENT',
    );
    assert.deepEqual(await table.write([{ kind: 'delete', ...key('no\0ne') }]), [{ version: undefined }]);
  });

  /** How many the server has broken up in this database. It counts what a session did when that ends, or rests. */
  async function deadlocks(): Promise<number> {
    const [found] = await database.sql(
      'select deadlocks from pg_stat_database where datname = current_database()',
    );
    return Number(found?.[0]);
  }
});

async function assertRefused(write: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(write, { code, effect: 'none' }, code);
}
