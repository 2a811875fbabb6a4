/**
 * Loaded into the real command with `node --import`: at one exact moment of a move it stops the process, or takes
 * something away from it. When and what stand in the query of this module's own URL; README.md says what there is.
 */
import { appendFileSync, closeSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import Database from 'better-sqlite3';

const asked = Object.fromEntries(new URL(import.meta.url).searchParams);

/** Where the move is, by the events that it prints. */
let step = '';
/** How many writes to the file in question were seen in the step in question. */
let writes = 0;
let reached = false;
/** The connections whose transaction is one that writes. */
const writing = new WeakSet();

watchEvents();
watchTransactions();

function watchEvents() {
  const { stdout } = process;
  const write = stdout.write;
  stdout.write = function (text, ...rest) {
    const accepted = write.call(stdout, text, ...rest);
    for (const line of String(text).split('\n').filter(Boolean)) follow(JSON.parse(line));
    return accepted;
  };
}

function follow(event) {
  if (event.event === 'stepStarted') {
    step = event.step;
    reach('started');
  }
  if (event.event === 'progress' && event.finished) reach('all done');
}

function watchTransactions() {
  const { prepare } = Database.prototype;
  Database.prototype.prepare = function (sql) {
    const statement = prepare.call(this, sql);
    if (sql === 'begin immediate') before(statement, () => writing.add(this));
    if (sql === 'begin deferred') before(statement, () => writing.delete(this));
    if (sql === 'commit') watchCommit(statement, this);
    return statement;
  };
}

function before(statement, act) {
  const { run } = statement;
  statement.run = function (...values) {
    act();
    return run.apply(this, values);
  };
}

function watchCommit(statement, database) {
  const { run } = statement;
  statement.run = function (...values) {
    const counts = writing.has(database) && basename(database.name) === asked.file && step === asked.step;
    if (counts) writes += 1;
    const nth = counts && writes === Number(asked.nth);
    if (nth) reach('committing', database);
    const result = run.apply(this, values);
    if (nth) reach('committed');
    return result;
  };
}

/** Does what was asked if this is the moment, once. */
function reach(moment, database) {
  if (reached || step !== asked.step || moment !== asked.moment) return;
  reached = true;
  const rows = database?.prepare('select count(*) as rows from t').get().rows;
  appendFileSync('reached', `${JSON.stringify({ rowsInTransaction: Number(rows ?? 0) })}\n`);
  ACTS[asked.act]();
}

const ACTS = {
  kill: () => process.kill(process.pid, 'SIGKILL'),
  interrupt,
  'move away': () => renameSync(asked.path, `${asked.path}.away`),
  replace() {
    renameSync(asked.path, `${asked.path}.away`);
    writeFileSync(asked.path, 'this is no database'.repeat(1000));
  },
  delete() {
    for (const suffix of ['', '-wal', '-shm']) rmSync(asked.path + suffix, { force: true });
  },
  fill,
};

/**
 * A signal is heard when the event loop turns, and a move of few rows may be over before it does. So this moment lasts
 * as long as it would with many.
 */
function interrupt() {
  process.kill(process.pid, 'SIGINT');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
}

/** Writes until not one more page fits on the disk. */
function fill() {
  const file = openSync(asked.path, 'w');
  try {
    for (const size of [65_536, 4096]) writeUntilFull(file, Buffer.alloc(size));
  } finally {
    closeSync(file);
  }
}

function writeUntilFull(file, block) {
  try {
    for (;;) writeSync(file, block);
  } catch (error) {
    if (error.code !== 'ENOSPC') throw error;
  }
}
