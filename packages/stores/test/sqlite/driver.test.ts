import assert from 'node:assert/strict';
import Database from 'better-sqlite3';
import { describe, test } from 'vitest';

/** What the store relies on and another driver, or another version of this one, may do otherwise. */
describe('the SQLite driver', () => {
  test('keeps NUL in text, and what comes behind it', () => {
    assert.equal(roundTrip('a\0b\0'), 'a\0b\0');
  });

  test('tells texts apart behind a NUL', () => {
    assert.equal(evaluate("select 'a' || char(0) || 'b' = ?", 'a\0c'), 0n);
  });

  test('keeps the sign of zero', () => {
    assert.ok(Object.is(roundTrip(-0), -0));
  });

  test('keeps an integral double a double', () => {
    assert.equal(evaluate('select typeof(?)', 1), 'real');
    assert.equal(roundTrip(1), 1);
  });

  test('keeps NaN out of columns: it becomes NULL', () => {
    assert.equal(roundTrip(Number.NaN), null);
  });

  test('keeps integers beyond 2⁵³ exactly', () => {
    assert.equal(roundTrip(2n ** 53n + 1n), 2n ** 53n + 1n);
    assert.equal(roundTrip(-(2n ** 63n)), -(2n ** 63n));
  });

  test('keeps an empty blob apart from NULL', () => {
    assert.deepEqual(roundTrip(Buffer.alloc(0)), Buffer.alloc(0));
  });

  test('changes ill-formed text, which must therefore never reach it', () => {
    assert.notEqual(roundTrip('\ud800'), '\ud800');
  });

  test('keeps astral characters, and orders them behind the others', () => {
    assert.equal(roundTrip('😀'), '😀');
    assert.equal(evaluate("select '\uffff' < ?", '😀'), 1n);
  });
});

function roundTrip(value: unknown): unknown {
  const db = new Database(':memory:');
  db.exec('create table kept (value)');
  db.prepare('insert into kept values (?)').run(value);
  return db.prepare('select value from kept').safeIntegers().pluck().get();
}

function evaluate(sql: string, parameter: unknown): unknown {
  return new Database(':memory:').prepare(sql).safeIntegers().pluck().get(parameter);
}
